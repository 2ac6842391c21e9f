"""Which searches find which contacts (PRODUCT 3.14)."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts import searching
from contacts.searching import Term, matches, search_terms, search_text

hangul = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)
latin = st.text("abcdeABC", min_size=1, max_size=8)
words = latin | st.text(hangul, min_size=1, max_size=5) | st.text("0123456789-()/~.+%_\\", min_size=1, max_size=8)
names = st.lists(words, min_size=1, max_size=4).map(" ".join)
emails = st.from_regex(r"[a-z0-9.+_~/-]{1,10}@[a-z0-9-]{1,6}\.kr", fullmatch=True)


def contact(name: str = "", *emails: str, phone: str = "", external_id: str = "") -> str:
    return search_text(name, emails, [phone], external_id, "KR")


GILDONG = contact("홍길동", "Gildong.Hong@acme.co.kr", phone="010-1234-5678", external_id="C-2024-001")


def test_the_column_holds_every_word_that_finds_the_contact_behind_a_space() -> None:
    assert GILDONG == (" 홍길동 ㅎㄱㄷ 길동 gildong.hong@acme.co.kr c-2024-001 2024001 01012345678 821012345678")


def test_signs_without_digits_leave_no_empty_word() -> None:
    assert contact("+:0 (") == " +:0 ( 0"


def test_the_column_of_nobody_is_one_space() -> None:
    assert contact() == " "


@pytest.mark.parametrize(
    "query",
    ["홍길동", "홍", "홍길", "길동", "ㅎㄱㄷ", "ㅎㄱ", "ㅎ", "홍 길동", "길동 홍", " 홍길동\u3000", "홍\u200b길동",
     unicodedata.normalize("NFD", "홍길동"), "\u1112\u1100\u1103", "gildong", "GILDONG", "ｈｏｎｇ", "acme",
     "g", "gi", "ong@acme.co", "co.kr", "Gildong.Hong@acme.co.kr",
     "010-1234-5678", "010 1234", "010 1234 5678", "01012345678", "+82 10-1234-5678", "+821012345678", "(010) 1234", "010–1234–5678",
     "1234-5678", "5678", "1234", "C-2024-001", "2024-001", "2024", "001", "홍길동 acme 5678", "", "  "],
)  # fmt: skip
def test_finds_hong_gildong(query: str) -> None:
    assert matches(GILDONG, query)


@pytest.mark.parametrize(
    "query",
    [
        "동",
        "동길",
        "김",
        "ㄱㄷ",
        "ㅎㄷ",
        "on",
        "cm",
        "78",
        "홍길순",
        "홍길동 김",
        "010-9999",
        "%",
        "_",
        "홍_동",
        "홍%동",
        "\\",
        "c_2024",
    ],
)
def test_does_not_find_hong_gildong(query: str) -> None:
    assert not matches(GILDONG, query)


@pytest.mark.parametrize(
    ("name", "found", "lost"),
    [
        ("남궁민수", ["남궁", "남궁민수", "궁민수", "ㄴㄱㅁㅅ", "ㄱㅁㅅ"], ["민수", "궁"]),
        ("홍 길동", ["홍길동", "길동", "ㅎㄱㄷ", "홍 길동"], ["동"]),
        ("홍길동 과장", ["길동", "과장", "ㄱㅈ", "과"], ["장"]),
        ("홍길동(영업)", ["길동", "영업", "ㅇㅇ", "홍길동(영업)"], ["업"]),
        ("Kim Min-jun", ["kim", "ki", "k", "MIN", "ju", "jun", "min-jun"], ["un", "in", "im min"]),
        ("O'Brien", ["o'brien", "br", "brien"], ["ri"]),
        ("김Minjun", ["김", "김m", "minjun", "ㄱ"], []),
        ("100% _a\\b", ["100%", "_a\\b", "100% _a", "00%"], ["1000"]),
        ("Straße", ["strasse", "STRASSE", "straße"], []),
        ("3호점 02-3호", ["3호점", "02", "3호"], []),
    ],
)  # fmt: skip
def test_finds_names_by_beginnings_and_by_any_three_characters(name: str, found: list[str], lost: list[str]) -> None:
    text = contact(name)
    assert [query for query in found if not matches(text, query)] == []
    assert [query for query in lost if matches(text, query)] == []


@pytest.mark.parametrize(
    ("phone", "query"),
    [
        ("031-123-4567 내선 12", "031-123-4567"),
        ("031-123-4567 내선 12", "+82 31 123 4567"),
        ("02-1234-5678~9", "02-1234-5678~9"),
        ("02-1234-5678, 010-1111-2222", "+82 10-1111-2222"),
        ("+82 2 123 4567", "02)123-4567"),
        ("+1 650-253-0000", "(650) 253-0000"),
        ("1588-1234", "1588 1234"),
        ("0303-123-4567", "0303 123"),
    ],
)
def test_finds_a_phone_however_either_side_is_written(phone: str, query: str) -> None:
    assert matches(contact("김민준", phone=phone), query)


@pytest.mark.parametrize(
    ("query", "patterns"),
    [
        ("홍길동", ["%홍길동%"]),
        ("길동", ["% 길동%"]),
        ("홍", ["% 홍%"]),
        ("a", ["% a%"]),
        ("50% a_b \\x", ["%50\\%%", "%a\\_b%", "% \\\\x%"]),
        ("kim kim KIM", ["%kim%"]),
        ("", []),
    ],
)
def test_two_characters_ask_for_a_beginning_and_three_for_any_place(query: str, patterns: list[str]) -> None:
    assert [term.pattern for term in search_terms(query)] == patterns


@given(st.text(max_size=500) | st.lists(words).map(" ".join))
def test_a_search_has_few_and_short_terms_whatever_is_typed(query: str) -> None:
    terms = search_terms(query)
    assert len(terms) <= searching.TERMS
    assert all(0 < len(term.text) <= searching.TERM_LENGTH and " " not in term.text for term in terms)


@given(names, st.lists(emails, max_size=3), st.text(max_size=10), st.data())
def test_every_word_of_a_name_and_every_three_characters_of_an_address_find_the_contact(
    name: str, addresses: list[str], external_id: str, data: st.DataObject
) -> None:
    text = contact(name, *addresses, external_id=external_id)
    assert matches(text, name)
    assert all(matches(text, word) for word in name.split())
    for address in addresses:
        start = data.draw(st.integers(0, len(address) - 3))
        end = data.draw(st.integers(start + 3, len(address)))
        assert matches(text, address[start:end])


@given(st.text(hangul, min_size=3, max_size=3))
def test_a_name_of_three_syllables_is_found_by_its_last_two_and_its_initials(name: str) -> None:
    text = contact(name)
    initials = text.split()[1]
    assert matches(text, name[1:]) and matches(text, initials)
    assert [unicodedata.normalize("NFKD", name)[0] for name in name] == list(unicodedata.normalize("NFKD", initials))


@given(st.text(), st.text())
def test_both_sides_fold_alike(name: str, more: str) -> None:
    text = contact(f"{name} {more}")
    assert text.startswith(" ") and "  " not in text
    assert text == contact(f"{unicodedata.normalize('NFD', name)} {unicodedata.normalize('NFD', more)}")


@pytest.fixture(scope="module")
def like() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    yield connection
    connection.close()


@given(names, names, st.sampled_from(["홍길동", "100%", "a_b", "c\\d"]))
def test_the_database_answers_what_the_model_answers(
    like: sqlite3.Connection, name: str, query: str, other: str
) -> None:
    for text, asked in ((contact(name), query), (contact(f"{name} {other}"), other), (contact(name), other)):
        assert all(_like(like, text, term) for term in search_terms(asked)) == matches(text, asked)


def _like(connection: sqlite3.Connection, text: str, term: Term) -> bool:
    return bool(connection.execute(r"SELECT ? LIKE ? ESCAPE '\'", (text, term.pattern)).fetchone()[0])
