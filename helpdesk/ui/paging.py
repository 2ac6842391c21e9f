"""Pages by cursor: any page costs the same, because it starts from the last row seen (not from a count)."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from helpdesk.ui.sorting import has_forbidden

PAGE_SIZE = 30
MOST_CHARACTERS = 4000  # of a cursor; the longest name makes one of some 1,200


Direction = Literal["after", "before"]


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

    direction: Direction
    value: Any
    pk: int

    def encode(self) -> str:
        """A few URL-safe characters."""
        value = self.value.isoformat() if isinstance(self.value, datetime) else self.value
        raw = json.dumps([self.direction[0], value, self.pk], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


@dataclass(frozen=True)
class Page:
    """Up to `PAGE_SIZE` rows; `next` and `previous` are cursors, "" where there is no such page."""

    rows: Sequence[Any]
    next: str
    previous: str

    @property
    def has_others(self) -> bool:
        """Whether there are rows on other pages."""
        return bool(self.next or self.previous)


def decode(text: str, order: Order) -> Cursor | None:
    """The cursor in a query string; None for none, and for one that was tampered with (the first page then)."""
    try:
        direction, value, pk = json.loads(base64.urlsafe_b64decode(text[:MOST_CHARACTERS] + "=" * (-len(text) % 4)))
        cursor = Cursor({"a": "after", "b": "before"}[direction], _value(value, order), pk)  # type: ignore[arg-type]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return cursor if type(pk) is int and abs(pk) < 2**63 else None


def _value(value: Any, order: Order) -> Any:
    """The sort value as the database compares it; ValueError or TypeError where it cannot be one."""
    if order.field == "pk":
        return None
    if not isinstance(value, str) or has_forbidden(value):
        raise ValueError(value)
    if not order.is_moment:
        return value
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None or not 1900 < moment.year < 9000:
        raise ValueError(value)
    return moment


def page_of(rows: QuerySet[Any, Any], order: Order, cursor: Cursor | None, *, size: int = PAGE_SIZE) -> Page:
    """One page of `rows`: one query of `size + 1` rows. `rows` may be values() with `pk`/`id` and the sort field."""
    backwards = cursor is not None and cursor.direction == "before"
    return page_from(
        list(in_order(beyond(rows, order, cursor), order, backwards)[: size + 1]), order, cursor, size=size
    )


def page_from(found: list[Any], order: Order, cursor: Cursor | None, *, size: int = PAGE_SIZE) -> Page:
    """The page of up to `size + 1` rows, found in order from the cursor on: backwards where it says "before"."""
    backwards = cursor is not None and cursor.direction == "before"
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


def beyond(rows: QuerySet[Any, Any], order: Order, cursor: Cursor | None) -> QuerySet[Any, Any]:
    """What lies past the cursor, compared as one row value: the index begins there, however many share a name."""
    if cursor is None:
        return rows
    downwards = order.descending != (cursor.direction == "before")
    if order.field == "pk":
        return rows.filter(**{f"pk__{'lt' if downwards else 'gt'}": cursor.pk})
    edge = Tuple(F(order.field), F("pk"))
    past = TupleLessThan if downwards else TupleGreaterThan
    if not connection.features.supports_tuple_lookups:  # written with OR: SQLite would read from the beginning
        rows = rows.filter(**{f"{order.field}__{'lte' if downwards else 'gte'}": cursor.value})
    return rows.filter(past(edge, (cursor.value, cursor.pk)))


def in_order(rows: QuerySet[Any, Any], order: Order, backwards: bool) -> QuerySet[Any, Any]:
    """Sorted, the row nearest to a cursor first."""
    down = order.descending != backwards
    names = ["pk"] if order.field == "pk" else [order.field, "pk"]
    return rows.order_by(*(F(name).desc() if down else F(name).asc() for name in names))


def _cursor_at(row: Any, order: Order, direction: Literal["after", "before"]) -> str:
    get = row.get if isinstance(row, dict) else lambda name: getattr(row, name)
    pk: Any = get("id")
    return Cursor(direction, None if order.field == "pk" else get(order.field), pk).encode()
