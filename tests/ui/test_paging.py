"""Pages by cursor: every row once, in order, whatever the cursor says."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.models import Contact
from helpdesk.ui.paging import Cursor, Order, Page, decode, page_of
from tests.factories import make_contact

BY_NAME = Order("name", "name_key")
NEWEST = Order("newest", "pk", descending=True)
UPDATED = Order("updated", "updated_at", descending=True, is_moment=True)
ORDERS = [BY_NAME, NEWEST, UPDATED]


def page(order: Order, cursor: str = "", size: int = 3) -> Page:
    return page_of(Contact.objects.values("id", "name_key", "updated_at"), order, decode(cursor, order), size=size)


@pytest.fixture
def people(db: None) -> list[int]:
    """Ten contacts; many of one name and one moment, so that only the id parts them."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    names = ["kim"] * 6 + ["lee", "홍길동", "홍길동", "a"]
    for place, name in enumerate(names):
        make_contact(name, updated_at=moment + timedelta(microseconds=place // 4))
    return list(Contact.objects.order_by("pk").values_list("pk", flat=True))


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
def test_pages_forward_and_back_show_every_row_once_in_order(people: list[int], order: Order) -> None:
    field = ("-" if order.descending else "") + order.field
    expected = list(Contact.objects.order_by(field, "-pk" if order.descending else "pk").values_list("pk", flat=True))
    forward, current = [], page(order)
    assert current.previous == ""
    pages = [current]
    while current.next:
        current = page(order, current.next)
        pages.append(current)
    forward = [row["id"] for shown in pages for row in shown.rows]
    assert forward == expected
    for earlier in reversed(pages[:-1]):
        current = page(order, current.previous)
        assert current.rows == earlier.rows
    assert current.previous == ""


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
def test_a_page_beyond_the_last_row_is_empty(people: list[int], order: Order) -> None:
    last = page(order, size=10).rows[-1]
    beyond = Cursor("after", None if order.field == "pk" else last[order.field], last["id"]).encode()
    assert page(order, beyond) == Page([], "", "")


def forged(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


TAMPERED = [
    "x", "%%%", "é", "AAAA", forged(), forged("a", "kim"), forged("c", "kim", 1), forged(["a"], "kim", 1), forged("a", "kim", "1"),
    forged("a", "kim", 2**63), forged("a", "kim", True), forged("a", None, 1), forged("a", {"b": 1}, 1), forged("a", "k\x00m", 1),
    forged("a", "\ud800", 1), forged("a", 7, 1), forged("a", "2026-01-01T00:00:00", 1), forged("a", "0001-01-01T00:00:00+00:00", 1),
    "A" * 100_000, base64.urlsafe_b64encode(b"[" * 3000).decode(),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
@pytest.mark.parametrize("cursor", TAMPERED)
def test_a_tampered_cursor_is_answered_without_error(cursor: str, order: Order) -> None:
    make_contact("kim")
    assert len(page(order, cursor).rows) <= 1


@given(st.text(max_size=200), st.sampled_from(ORDERS))
def test_no_text_makes_decoding_fail(text: str, order: Order) -> None:
    decode(text, order)


@given(
    st.sampled_from(["after", "before"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    st.integers(0, 2**63 - 1),
)
def test_a_cursor_survives_its_journey(direction: str, value: str, pk: int) -> None:
    cursor = Cursor(direction, value, pk)  # type: ignore[arg-type]
    assert decode(cursor.encode(), BY_NAME) == cursor
