"""Names, titles and numbers the demo's people are made of; each name with its spelling in an address."""

from __future__ import annotations

from random import Random

FAMILY_KO = (
    ("김", "kim"), ("이", "lee"), ("박", "park"), ("최", "choi"), ("정", "jung"), ("강", "kang"), ("조", "cho"), ("윤", "yoon"),
    ("장", "jang"), ("임", "lim"), ("한", "han"), ("오", "oh"), ("서", "seo"), ("신", "shin"), ("권", "kwon"), ("황", "hwang"),
    ("홍", "hong"), ("남궁", "namgung"), ("황보", "hwangbo"),
)  # fmt: skip
GIVEN_KO = (
    ("민준", "minjun"), ("서연", "seoyeon"), ("도윤", "doyun"), ("지우", "jiwoo"), ("하준", "hajun"), ("서현", "seohyun"),
    ("은우", "eunwoo"), ("수아", "sua"), ("지호", "jiho"), ("하은", "haeun"), ("준서", "junseo"), ("유진", "yujin"),
    ("길동", "gildong"), ("예린", "yerin"), ("현우", "hyunwoo"), ("소율", "soyul"), ("성민", "sungmin"), ("미영", "miyoung"),
    ("영수", "youngsu"), ("지혜", "jihye"), ("동현", "donghyun"), ("은지", "eunji"), ("재훈", "jaehoon"), ("솔", "sol"),
)  # fmt: skip
FAMILY_EN = (
    "Adams", "Baker", "Carter", "Diaz", "Evans", "Fischer", "Garcia", "Hughes", "Ivanov", "Jensen", "Keller", "Lopez", "Murphy",
    "Nguyen", "O'Brien", "Patel", "Quinn", "Rossi", "Singh", "Tanaka", "Usman", "Vega", "Walker", "Young", "Zimmer",
)  # fmt: skip
GIVEN_EN = (
    "Alice", "Benjamin", "Chloe", "Daniel", "Emma", "Felix", "Grace", "Henry", "Isla", "Jack", "Kate", "Liam", "Maya", "Noah",
    "Olivia", "Peter", "Rosa", "Samuel", "Tara", "Victor", "Wendy", "Zoe",
)  # fmt: skip
TITLES = {
    "ko": ("대표", "이사", "부장", "차장", "과장", "대리", "주임", "사원", "팀장", "매니저"),
    "en": (
        "CEO",
        "Director",
        "Head of Operations",
        "Manager",
        "Team Lead",
        "Engineer",
        "Buyer",
        "Analyst",
        "Assistant",
    ),
}
DEPARTMENTS = {
    "ko": ("영업팀", "구매팀", "경영지원팀", "고객지원팀", "개발팀", "물류팀", "재무팀", "마케팅팀", "인사팀"),
    "en": ("Sales", "Purchasing", "Operations", "Customer Care", "Engineering", "Logistics", "Finance", "Marketing"),
}
NOTES = {
    "ko": (
        "오전에는 회의가 많습니다.",
        "이메일보다 전화를 선호합니다.",
        "견적서는 PDF로 보내 주세요.",
        "휴가: 8월 첫째 주",
    ),
    "en": (
        "Prefers a call to an email.",
        "In the office Tuesdays and Thursdays.",
        "Wants quotes as PDF.",
        "Speaks French, too.",
    ),
}


def person_name(language: str, random: Random) -> tuple[str, str]:
    """A name as written, and how it stands before the @."""
    if language == "ko":
        (family, spelled), (given, spelled_given) = random.choice(FAMILY_KO), random.choice(GIVEN_KO)
        return family + given, f"{spelled_given}.{spelled}"
    given, family = random.choice(GIVEN_EN), random.choice(FAMILY_EN)
    return f"{given} {family}", f"{given}.{family}".lower().replace("'", "")


def mobile_phone(language: str, random: Random) -> str:
    """A number in one of the shapes people type."""
    middle, last = random.randint(2000, 9999), random.randint(1000, 9999)
    if language == "en":
        return f"+1 {random.choice((202, 312, 415, 503, 617))}-555-01{last % 100:02}"
    shapes = (
        "010-{0}-{1}",
        "010-{0}-{1}",
        "010{0}{1}",
        "+82 10-{0}-{1}",
        "010.{0}.{1}",
        "010 {0} {1}",
        "(010) {0}-{1}",
    )
    return random.choice(shapes).format(middle, last)


def work_phone(language: str, random: Random) -> str:
    """The same for a desk, a few as only people can read them."""
    middle, last = random.randint(200, 899), random.randint(1000, 9999)
    if language == "en":
        return f"+1 {random.choice((206, 303, 716))}-555-01{last % 100:02}" + random.choice(
            ("", "", f" ext. {last % 90 + 10}")
        )
    shapes = (
        "02-{0}-{1}", "02{0}{1}", "031-{0}-{1}", "031-{0}-{1} 내선 12", "(051) {0}-{1}", "070-4{0}-{1}", "0504-1{0}-{1}",
        "1588-{1}", "+82 2-{0}-{1}", "02-{0}-1234~6", "대표번호로 문의",
    )  # fmt: skip
    return random.choice(shapes).format(middle, last)
