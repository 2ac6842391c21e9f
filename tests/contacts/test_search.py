"""Search: the words find whom they should, few and many, in every order, on both databases."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companies.models import Company
from contacts.models import Contact
from contacts.queries import crowds, search
from contacts.queries.crowds import span_of
from contacts.queries.listing import ORDERS, Listing
from contacts.searching import matches
from tests.factories import make_company, make_contact

pytestmark = pytest.mark.django_db


def found(text: str, **narrowed: str) -> list[str]:
    page, _search = Listing(text=text, **narrowed).page(Contact.objects.all())
    return [row.name for row in page.rows]


@pytest.fixture
def koreans() -> None:
    samsung = make_company("삼성전자")
    make_contact("홍길동", email="gildong@acme.example", mobile_phone="010-1234-5678", external_id="C-100%")
    make_contact("김민준", email="mj_kim@acme.example", company=samsung)
    make_contact("이삼성", email="lee@acme.example")
    make_contact("Amelia Hughes", email="amelia@acme.example", company=samsung)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("길동", ["홍길동"]),
        ("ㅎㄱㄷ", ["홍길동"]),
        ("홍", ["홍길동"]),
        ("5678", ["홍길동"]),
        ("+82 10 1234 5678", ["홍길동"]),
        ("삼성", ["Amelia Hughes", "김민준", "이삼성"]),
        ("삼성 김민준", ["김민준"]),
        ("전자", []),
        ("HUGHES", ["Amelia Hughes"]),
        ("c-100%", ["홍길동"]),
        ("\u202aＣ-100%\u2069\u061c", ["홍길동"]),
        ("100_", []),
        ("mj_kim", ["김민준"]),
        ("mjxkim", []),
        ("@acme.example", ["Amelia Hughes", "김민준", "이삼성", "홍길동"]),
        ("nobody", []),
        ("%", []),
        ("\\", []),
    ],
)
def test_finds(koreans: None, text: str, names: list[str]) -> None:
    assert found(text) == names


def test_finds_within_the_view_and_the_company(koreans: None) -> None:
    assert found("acme.example", view="blocked") == []
    assert found("acme.example", company="none") == ["이삼성", "홍길동"]


def test_a_deleted_company_finds_nobody(koreans: None) -> None:
    Company.objects.update(deleted_at="2026-01-01T00:00Z")
    assert found("삼성전자") == []


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four hits count as very many, and walks end after three rows: all roads are taken with few contacts."""
    monkeypatch.setattr(search, "MOST_COUNTED", 3)
    monkeypatch.setattr(crowds, "WALK", 3)
    monkeypatch.setattr("contacts.queries.listing.PAGE_SIZE", 4)


def all_pages(text: str, sort: str) -> tuple[list[str], list[str]]:
    """The names on all pages forward, and again on all pages back."""
    listing = Listing(text=text, sort=sort)
    pages = [listing.page(Contact.objects.all())[0]]
    while pages[-1].next:
        pages.append(Listing(text=text, sort=sort, cursor=pages[-1].next).page(Contact.objects.all())[0])
    back = [pages[-1]]
    while back[-1].previous:
        back.append(Listing(text=text, sort=sort, cursor=back[-1].previous).page(Contact.objects.all())[0])
    return [row.name for page in pages for row in page.rows], [row.name for page in reversed(back) for row in page.rows]


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize("text", ["최", "ㅊ", "acme", "최 acme", "최민", "zz"])
def test_every_hit_stands_on_one_page_however_many_there_are(few_are_many: None, text: str, sort: str) -> None:
    people = ["최민준", "최하나", "Zoe 최", "가최민", "김최고", "Ann", "Bob", "최민", "차민준", "홍길동", "Zzz"]
    for name in people:
        make_contact(name, email=f"x{len(Contact.objects.all())}@acme.example")
    expected = {contact.name for contact in Contact.objects.all() if matches(contact.search_text, text)}
    forward, back = all_pages(text, sort)
    assert sorted(forward) == sorted(expected)
    assert back == forward


def test_of_many_those_come_first_whose_name_begins_with_the_word(few_are_many: None) -> None:
    for name in ("Ann 최", "Bob 최", "최하나", "최민준", "최가을"):
        make_contact(name)
    assert all_pages("최", "name")[0] == ["최가을", "최민준", "최하나", "Ann 최", "Bob 최"]


def test_says_how_many_and_stops_counting_at_a_thousand(few_are_many: None) -> None:
    for number in range(5):
        make_contact(f"Kim {number}")
    _page, many = Listing(text="kim").page(Contact.objects.all())
    _page, few = Listing(text="kim 1").page(Contact.objects.all())
    assert many is not None and many.is_more
    assert few is not None and (few.count, few.is_more) == (1, False)


@pytest.mark.parametrize(
    ("word", "inside", "outside"), [("최", "최민준", "치"), ("ㅎ", "홍길동", "김"), ("kim", "kim", "kin")]
)
def test_a_word_spans_the_names_that_begin_with_it(word: str, inside: str, outside: str) -> None:
    assert span_of(word).holds(inside)
    assert not span_of(word).holds(outside)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="홍길동ㅎㄱ최a1%_\\ .@-'\"", min_size=1, max_size=6))
def test_the_database_finds_whom_the_rules_find(koreans: None, text: str) -> None:
    expected = (
        {row.name for row in Contact.objects.filter(company=None) if matches(row.search_text, text)}
        if text.strip()
        else None
    )
    if expected is not None:
        assert set(found(text, company="none")) == expected
