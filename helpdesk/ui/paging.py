"""Pages by cursor: any page costs the same, because it starts from the last row seen (not from a count)."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import F, Q, QuerySet

PAGE_SIZE = 30


@dataclass(frozen=True)
class Order:
    """How a list is sorted: `field` then `pk`, both in the same direction. `is_moment` for date-time fields."""

    name: str
    field: str
    descending: bool = False
    is_moment: bool = False


@dataclass(frozen=True)
class Cursor:
    """The row before which (`before`) or after which (`after`) a page lies, by its sort value and pk."""

    direction: Literal["after", "before"]
    value: Any
    pk: int

    def encode(self) -> str:
        value = self.value.isoformat() if isinstance(self.value, datetime) else self.value
        raw = json.dumps([self.direction[0], value, self.pk], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


@dataclass(frozen=True)
class Page:
    """Up to `PAGE_SIZE` rows; `next` and `previous` are cursors, "" where there is no such page."""

    rows: Sequence[Any]
    next: str
    previous: str


def decode(text: str, order: Order) -> Cursor | None:
    """The cursor in a query string; None for none, and for one that was tampered with (the first page then)."""
    try:
        direction, value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if order.is_moment:
            value = datetime.fromisoformat(value)
        if not isinstance(pk, int) or abs(pk) >= 2**63 or direction not in "ab" or isinstance(value, list | dict):
            return None
        if isinstance(value, str) and "\x00" in value:
            return None
        return Cursor("after" if direction == "a" else "before", value, pk)
    except (ValueError, TypeError):
        return None


def page_of(rows: QuerySet[Any, Any], order: Order, cursor: Cursor | None, *, size: int = PAGE_SIZE) -> Page:
    """One page of `rows`: one query of `size + 1` rows. `rows` may be values() with `pk`/`id` and the sort field."""
    backwards = cursor is not None and cursor.direction == "before"
    found = list(_sorted(_beyond(rows, order, cursor), order, backwards)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    return _page(found, order, cursor, more=more, backwards=backwards)


def _page(found: list[Any], order: Order, cursor: Cursor | None, *, more: bool, backwards: bool) -> Page:
    if not found:
        return Page([], "", "")
    has_next, has_previous = (True, more) if backwards else (more, cursor is not None)
    return Page(
        found,
        next=_cursor_at(found[-1], order, "after") if has_next else "",
        previous=_cursor_at(found[0], order, "before") if has_previous else "",
    )


def _beyond(rows: QuerySet[Any, Any], order: Order, cursor: Cursor | None) -> QuerySet[Any, Any]:
    if cursor is None:
        return rows
    downwards = order.descending != (cursor.direction == "before")
    operator = "lt" if downwards else "gt"
    if order.field == "pk":
        return rows.filter(**{f"pk__{operator}": cursor.pk})
    edge = Q(**{f"{order.field}__{operator}e": cursor.value})  # lets the index begin at the cursor
    past = Q(**{f"{order.field}__{operator}": cursor.value}) | Q(**{f"pk__{operator}": cursor.pk})
    return rows.filter(edge, past)


def _sorted(rows: QuerySet[Any, Any], order: Order, backwards: bool) -> QuerySet[Any, Any]:
    down = order.descending != backwards
    names = ["pk"] if order.field == "pk" else [order.field, "pk"]
    return rows.order_by(*(F(name).desc() if down else F(name).asc() for name in names))


def _cursor_at(row: Any, order: Order, direction: Literal["after", "before"]) -> str:
    get = row.get if isinstance(row, dict) else lambda name: getattr(row, name)
    pk = get("id")
    return Cursor(direction, pk if order.field == "pk" else get(order.field), pk).encode()
