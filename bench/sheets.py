"""`python -m bench.sheets FILE ROWS`: spreadsheets of contacts as a Korean helpdesk gets them. The same seed, the same people."""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterator
from pathlib import Path

HEADERS = {
    "name": "Name",
    "email": "Email",
    "emails": "Secondary emails",
    "job_title": "Job title",
    "department": "Department",
    "work_phone": "Work phone",
    "mobile_phone": "Mobile phone",
    "company": "Company",
    "tags": "Tags",
    "external_id": "External ID",
    "notes": "Notes",
}
SEED = 4
COMPANIES = 2000

# Family names by how many in a thousand bear them (Korean census of 2015, rounded).
_FAMILIES = {
    "김": 215, "이": 147, "박": 84, "최": 47, "정": 43, "강": 24, "조": 21, "윤": 21, "장": 20, "임": 17, "한": 15, "오": 15,
    "서": 15, "신": 15, "권": 14, "황": 14, "안": 14, "송": 14, "전": 11, "홍": 11, "유": 13, "고": 9, "문": 9, "남궁": 1,
}  # fmt: skip
_FAMILY_LOT = random.Random(SEED).choices(list(_FAMILIES), weights=list(_FAMILIES.values()), k=1000)
_SYLLABLES = "민서지도하준은현수영우진예유주시연재승아성원채윤호건정태희경혜규소미동상선나라빈길남순철"
_GIVEN = ["Amelia", "Noah", "Sofia", "Liam", "Chloé", "Mateo", "Olivia", "Lucas", "Emma", "Hugo", "Björn"]
_LAST = ["Hughes", "Fischer", "Rossi", "O'Connor", "Dubois", "García", "Smith", "Novak", "Silva", "Jensen", "Ito"]
_FIRMS = ["삼성", "한빛", "대한", "서울", "미래", "신한", "동양", "글로벌", "Northwind", "Globex", "Initech", "Acme"]
_TRADES = ["전자", "물산", "화학", "건설", "소프트", "식품", "Logistics", "Traders", "Foods", "Systems", "통신", "제약"]
_BOXES = ["min", "kim", "lee.s", "park_", "info", "Sales", "hong", "jy.choi", "contact"]
_DOMAINS = ["gmail.com", "naver.com", "daum.net", "firm{n}.example", "firm{n}.example", "firm{n}.example"]
_TITLES = ["", "", "팀장", "과장", "대리", "부장", "Engineer", "Buyer"]
_DEPARTMENTS = ["", "", "", "구매팀", "영업팀", "Support", "Finance"]
_TAGS = ["vip", "2026", "newsletter", "도매", "소매", "해외", "partner", "trial", "갱신 예정", "expo", "A/S", "beta"]
_AREAS = ["02", "031", "051", "053", "062", "070"]
_NOTES = [
    "오전 통화 선호",
    "Likes to be called in the morning.",
    "계약 갱신: 3월, 담당자 변경 예정",
    'Calls herself "Min"',
]


def rows(count: int, *, edition: int = 1) -> Iterator[tuple[str, ...]]:
    """`count` contacts, as long as HEADERS. The second edition has the same people with other job titles and notes."""
    dice, changes = random.Random(SEED), random.Random(f"{SEED}/{edition}")
    firms = companies()
    for number in range(1, count + 1):
        yield _row(dice, changes, number, firms)


def companies() -> list[str]:
    dice = random.Random(SEED)
    return [f"{dice.choice(_FIRMS)}{dice.choice(_TRADES)} {number}" for number in range(COMPANIES)]


def write(path: Path, count: int, *, edition: int = 1) -> Path:
    """A file of `count` contacts, CSV (UTF-8, as Excel saves it) or XLSX by the path's ending; an existing one is left alone."""
    if not path.exists():
        (_write_xlsx if path.suffix == ".xlsx" else _write_csv)(path, rows(count, edition=edition))
    return path


def _row(dice: random.Random, changes: random.Random, number: int, firms: list[str]) -> tuple[str, ...]:
    lot, place = dice.random, dice.random()
    return (
        _name(dice),
        _email(dice, number, ""),
        "; ".join(_email(dice, number, f".{nth}") for nth in range(_how_many(lot(), 0.15, 0.05))),
        _of(_TITLES, changes.random()),
        _of(_DEPARTMENTS, lot()),
        f"{_of(_AREAS, lot())}-{2000 + int(lot() * 7999)}-{int(lot() * 10_000):04}" if lot() < 0.3 else "",
        f"010-{2000 + int(lot() * 7999)}-{int(lot() * 10_000):04}" if lot() < 0.9 else "",
        "" if place < 0.2 else firms[0] if place < 0.25 else _of(firms, lot()),
        ", ".join(sorted({_of(_TAGS, lot()) for _ in range(_how_many(lot(), 0.4, 0.2))})),
        f"C-{number:07}",
        _of(_NOTES, changes.random()) if number % 7 == 0 else "",
    )


def _name(dice: random.Random) -> str:
    if dice.random() < 0.15:
        return f"{_of(_GIVEN, dice.random())} {_of(_LAST, dice.random())}"
    return _of(_FAMILY_LOT, dice.random()) + _of(_SYLLABLES, dice.random()) + _of(_SYLLABLES, dice.random())


def _email(dice: random.Random, number: int, more: str) -> str:
    domain = _of(_DOMAINS, dice.random()).format(n=int(dice.random() * COMPANIES))
    return f"{_of(_BOXES, dice.random())}{number}{more}@{domain}"


def _of(things: list[str] | str, lot: float) -> str:
    return things[int(lot * len(things))]


def _how_many(lot: float, one: float, two: float) -> int:
    """1 with probability `one`, 2 with `two`, else 0."""
    return 2 if lot < two else 1 if lot < two + one else 0


def _write_csv(path: Path, lines: Iterator[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS.values())
        writer.writerows(lines)


def _write_xlsx(path: Path, lines: Iterator[tuple[str, ...]]) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Contacts")
    sheet.append(list(HEADERS.values()))
    for line in lines:
        sheet.append([cell or None for cell in line])
    book.save(path)


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
