"""The demo's forty companies. No company of these names is meant; domains under .example belong to nobody (RFC 2606)."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Organisation(NamedTuple):
    """`language` is that of most of its people; the first domain is where they have their addresses."""

    name: str
    language: Literal["en", "ko"]
    domains: tuple[str, ...]
    phone: str
    address: str = ""
    notes: str = ""


ORGANISATIONS = (
    Organisation("Acme Corporation", "en", ("acme.example", "acme-korea.example"), "+1 202-555-0143", "1 Acme Plaza, Springfield", "Premium support until the end of the year."),
    Organisation("㈜한빛전자", "ko", ("hanbit.example", "hanbit-elec.example"), "02-6255-0101", "서울특별시 강남구 테헤란로 101", "월말 점검 계약. 매월 마지막 주에 연락 주세요."),
    Organisation("주식회사 새벽물류", "ko", ("saebyeok.example",), "031-8051-2200", "경기도 성남시 분당구 판교로 22"),
    Organisation("(주)푸른식품", "ko", ("pureun.example", "pureunfood.example"), "1588-0170", "충청북도 청주시 흥덕구 오송로 17"),
    Organisation("다온소프트", "ko", ("daon.example",), "070-4010-8800", "대전광역시 유성구 대학로 88"),
    Organisation("미래바이오 주식회사", "ko", ("miraebio.example",), "032-710-3300", "인천광역시 연수구 송도과학로 33"),
    Organisation("유한회사 하늘여행", "ko", ("haneul-tour.example",), "051-920-4400", "부산광역시 해운대구 센텀로 44"),
    Organisation("가람건설(주)", "ko", ("garam.example",), "053-210-5500", "대구광역시 수성구 동대구로 55", "세금계산서는 본사로 발행합니다."),
    Organisation("별빛교육", "ko", ("byeolbit.example",), "062-510-6600", "광주광역시 서구 상무대로 66"),
    Organisation("온누리약품 주식회사", "ko", ("onnuri-pharm.example",), "02-6310-7700", "서울특별시 종로구 종로 77"),
    Organisation("솔잎디자인", "ko", ("solip.example",), "070-4020-1100"),
    Organisation("㈜바른기계", "ko", ("bareun.example",), "055-260-1200", "경상남도 창원시 성산구 공단로 12"),
    Organisation("나래항공서비스", "ko", ("narae-air.example",), "032-740-1300", "인천광역시 중구 공항로 13"),
    Organisation("초록유통 주식회사", "ko", ("chorok.example", "chorok-mart.example"), "031-8060-1400"),
    Organisation("(주)이음네트웍스", "ko", ("ieum.example",), "02-6410-1500", "서울특별시 구로구 디지털로 15"),
    Organisation("해솔병원", "ko", ("haesol.example",), "064-740-1600", "제주특별자치도 제주시 첨단로 16"),
    Organisation("도담출판사", "ko", ("dodam.example",), "031-950-1700", "경기도 파주시 회동길 17"),
    Organisation("늘봄호텔", "ko", ("neulbom.example",), "033-640-1800", "강원특별자치도 강릉시 해안로 18"),
    Organisation("라온게임즈", "ko", ("raon-games.example",), "070-4030-1900"),
    Organisation("한글상사", "ko", ("한글.example",), "02-6510-2000", "", "도메인이 한글입니다."),
    Organisation("Bluebird Logistics, Inc.", "en", ("bluebird.example",), "+1 415-555-0121", "200 Harbor Way, Oakland"),
    Organisation("Cedar & Stone LLP", "en", ("cedarstone.example",), "+44 20 7946 0122", "12 Quay Street, Bristol"),
    Organisation("Delta Foods Co., Ltd.", "en", ("deltafoods.example",), "+65 6500 0123"),
    Organisation("Evergreen Energy", "en", ("evergreen.example", "evergreen-solar.example"), "+1 206-555-0124", "77 Pine Avenue, Tacoma"),
    Organisation("Fjord Instruments GmbH", "en", ("fjord.example",), "+49 30 23125 125"),
    Organisation("Granite Software Ltd", "en", ("granite.example",), "+44 161 496 0126"),
    Organisation("Harbor Health", "en", ("harborhealth.example",), "+1 617-555-0127", "", "Ask for the front desk."),
    Organisation("Indigo Textiles", "en", ("indigo.example",), "+91 22 5550 0128"),
    Organisation("Juniper Travel", "en", ("juniper-travel.example",), "+1 303-555-0129"),
    Organisation("Kestrel Aviation", "en", ("kestrel.example",), "+1 316-555-0130"),
    Organisation("Lighthouse Books", "en", ("lighthouse.example",), "+1 207-555-0131", "3 Cape Road, Portland"),
    Organisation("Maple Street Bank", "en", ("maplestreet.example",), "+1 416-555-0132", "", "Only call between 9:00 and 12:00."),
    Organisation("Northwind Hotels", "en", ("northwind.example",), "+1 907-555-0133"),
    Organisation("Orchid Media", "en", ("orchid.example",), "+66 2 555 0134"),
    Organisation("Pinecrest School", "en", ("pinecrest.example",), "+1 503-555-0135"),
    Organisation("Quartz Mining Pty Ltd", "en", ("quartz.example",), "+61 8 5550 0136"),
    Organisation("Riverside Clinic", "en", ("riverside.example",), "+1 951-555-0137"),
    Organisation("Summit Outdoor", "en", ("summit.example",), "+1 801-555-0138"),
    Organisation("Tidewater Shipping", "en", ("tidewater.example",), "+1 757-555-0139"),
    Organisation("Umbra Lighting", "en", ("umbra.example",), "+1 716-555-0140", "", "Closed its office in spring."),
)  # fmt: skip
CLOSED = frozenset({"Umbra Lighting"})
"""Companies that somebody has deleted."""
