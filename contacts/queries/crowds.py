"""One page of a search that found very many, without sorting them all.

PostgreSQL's planner, left alone, walks the whole name index for 최 (2.2 s of a million: nobody before 최 matches). So
a page is looked for twice: among the next WALK contacts in order, which is enough wherever every few hundredth contact
matches; where hits are rarer there, all hits are gathered and the first of them taken. And since Korean names begin
with what people search for, by name those come first whose name begins with the first word: one range of the index.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connection
from django.db.models import Q, QuerySet

from contacts.models import Contact, ContactQuerySet
from contacts.searching import Term
from helpdesk.ui.paging import Cursor, Order, beyond, in_order

WALK = 6000
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_FIRST_SYLLABLE, _SYLLABLES_PER_INITIAL = 0xAC00, 588
_AFTER_ALL = "\U0010ffff"


@dataclass(frozen=True)
class Wanted:
    """One word that is looked for: in the contact itself, or in the name of the company (`companies`: ids)."""

    term: Term
    companies: list[int]

    @property
    def needle(self) -> str:
        """Words begin behind a space; a term of three characters or more may stand anywhere."""
        return self.term.text if self.term.is_anywhere else f" {self.term.text}"

    def as_q(self) -> Q:
        own = Q(search_text__contains=self.needle)
        return own | Q(company__in=self.companies) if self.companies else own


class Many(Protocol):
    """A search that found very many: see `contacts.queries.search.Search`."""

    contacts: ContactQuerySet
    order: Order
    wanted: list[Wanted]

    @property
    def q(self) -> Q: ...


@dataclass(frozen=True)
class Span:
    """The names from `low` up to, not including, `high`."""

    low: str
    high: str

    @property
    def q(self) -> Q:
        return Q(name_key__gte=self.low, name_key__lt=self.high)

    @property
    def outside(self) -> Q:
        return Q(name_key__lt=self.low) | Q(name_key__gte=self.high)

    def holds(self, name_key: str) -> bool:
        return self.low <= name_key < self.high


def span_of(word: str) -> Span:
    """The names that begin with `word`; for a Korean initial (ㅎ) those whose first syllable begins with it."""
    if word[0] in _INITIALS:
        first = _FIRST_SYLLABLE + _INITIALS.index(word[0]) * _SYLLABLES_PER_INITIAL
        return Span(chr(first), chr(first + _SYLLABLES_PER_INITIAL))
    return Span(word, word + _AFTER_ALL)


def page_ids(search: Many, cursor: Cursor | None, limit: int) -> list[int]:
    """The next `limit` contacts found, in order (nearest to the cursor first)."""
    backwards = cursor is not None and cursor.direction == "before"
    ids: list[int] = []
    for group in _groups(search, cursor, backwards):
        ids += _first(search, group, backwards, limit - len(ids))
        if len(ids) == limit:
            break
    return ids


def _groups(search: Many, cursor: Cursor | None, backwards: bool) -> Iterable[QuerySet[Contact]]:
    """The contacts past the cursor, in the parts that are read one after the other."""
    contacts, order = search.contacts, search.order
    if order.field != "name_key":
        return [beyond(contacts, order, cursor)]
    span = span_of(search.wanted[0].term.text)
    parts = [contacts.filter(span.q), contacts.filter(span.outside)]
    at = 0 if cursor is None or span.holds(cursor.value) else 1
    remaining = parts[at::-1] if backwards else parts[at:]
    return [beyond(remaining[0], order, cursor), *remaining[1:]]


def _first(search: Many, contacts: QuerySet[Contact], backwards: bool, limit: int) -> list[int]:
    matching = contacts.filter(search.q)
    if connection.vendor != "postgresql":
        return list(in_order(matching, search.order, backwards).values_list("pk", flat=True)[:limit])
    found = _walk(search, contacts, backwards, limit)
    return found if len(found) == limit else _gather(matching, search.order, backwards, limit)


def _walk(search: Many, contacts: QuerySet[Contact], backwards: bool, limit: int) -> list[int]:
    """Hits among the next WALK contacts; reading ends with the last one needed."""
    near = in_order(contacts, search.order, backwards).values("id", "search_text", "company_id")[:WALK]
    tests: list[str] = []
    values: list[Any] = []
    for word in search.wanted:
        tests.append("(search_text LIKE %s OR company_id = ANY(%s))" if word.companies else "search_text LIKE %s")
        values += [f"%{_escaped(word.needle)}%", word.companies] if word.companies else [f"%{_escaped(word.needle)}%"]
    tested = " AND ".join(tests)
    return _ids(f"SELECT id FROM ({{}}) near WHERE {tested} LIMIT %s", near, [*values, limit])  # noqa: S608 (our own words)


def _gather(matching: QuerySet[Contact], order: Order, backwards: bool, limit: int) -> list[int]:
    """The first of all hits; OFFSET 0 keeps the planner from walking."""
    field = "id" if order.field == "pk" else order.field
    direction = "DESC" if order.descending != backwards else "ASC"
    hits = matching.order_by().values("id") if field == "id" else matching.order_by().values("id", field)
    by = ", ".join(f"{name} {direction}" for name in dict.fromkeys([field, "id"]))
    return _ids(f"SELECT id FROM ({{}} OFFSET 0) hit ORDER BY {by} LIMIT %s", hits, [limit])  # noqa: S608 (our own words)


def _ids(statement: str, rows: Any, values: list[Any]) -> list[int]:
    inner, inner_values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement.format(inner), [*inner_values, *values])
        return [pk for (pk,) in cursor.fetchall()]


def _escaped(needle: str) -> str:
    return needle.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
