"""Statements of a search: its first hits, and one page of a search that found very many, without sorting them all.

PostgreSQL's planner, left alone, walks the whole name index for 최 (2.2 s of a million: nobody before 최 matches). So
a page is looked for twice: among the next WALK contacts in order, which is enough wherever every few hundredth contact
matches; where hits are rarer there, all hits are gathered and the first of them taken. And since Korean names begin
with what people search for, by name those come first whose name begins with the first word: one range of the index.

They are written here: what Django would put together for each of them costs as much as most of the answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from contacts.models import Contact, ContactQuerySet
from contacts.queries.words import Condition, Wanted, all_of, ways
from helpdesk.ui.paging import Cursor, Order

WALK = 10_000
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_FIRST_SYLLABLE, _SYLLABLES_PER_INITIAL = 0xAC00, 588
_AFTER_ALL = "\U0010ffff"
_ANYBODY = Condition("TRUE", ())
_FIELDS = {field.attname: field for field in Contact._meta.concrete_fields}


@dataclass(frozen=True)
class Span:
    """The names from `low` up to, not including, `high`."""

    low: str
    high: str

    @property
    def inside(self) -> Condition:
        return Condition("name_key >= %s AND name_key < %s", (self.low, self.high))

    @property
    def outside(self) -> Condition:
        return Condition("(name_key < %s OR name_key >= %s)", (self.low, self.high))

    def holds(self, name_key: str) -> bool:
        return self.low <= name_key < self.high


def span_of(word: str) -> Span:
    """The names that begin with `word`; for a Korean initial (ㅎ) those whose first syllable begins with it."""
    if word[0] in _INITIALS:
        first = _FIRST_SYLLABLE + _INITIALS.index(word[0]) * _SYLLABLES_PER_INITIAL
        return Span(chr(first), chr(first + _SYLLABLES_PER_INITIAL))
    return Span(word, word + _AFTER_ALL)


@dataclass(frozen=True)
class Part:
    """Some of those who are shown; `is_rare`: hits seem to be rare there."""

    test: Condition
    is_rare: bool = False


class Crowd:
    """Those of `contacts` who have all `words`."""

    def __init__(self, contacts: ContactQuerySet, words: list[Wanted], order: Order) -> None:
        self.words, self.order = words, order
        self.field = Contact._meta.pk if order.field == "pk" else _FIELDS[order.field]
        self.column = self.field.attname
        columns = dict.fromkeys(["id", self.column, "search_text", "company_id"])
        try:
            statement, self.values = contacts.order_by().values(*columns).query.sql_with_params()
            self.shown = f"({statement}) shown"
        except EmptyResultSet:  # who may see nobody
            self.shown = ""

    def first(self, count: int) -> list[tuple[Any, int]]:
        """Sort value and id of `count` of them, in no order; of all where there are fewer."""
        if not self.shown or not self.words:
            return []
        each = f"SELECT {self.column}, id FROM {self.shown} WHERE {{}} LIMIT %s"  # noqa: S608 (our own words)
        return _asked(*self._together(each, self._ways(), count))

    def page(self, cursor: Cursor | None, limit: int, *, some: list[tuple[Any, int]]) -> list[int]:
        """The next `limit` of very many past the cursor, in order (nearest to the cursor first); `some` are the `first` ones."""
        backwards = cursor is not None and cursor.direction == "before"
        ids: list[int] = []
        for part in self._parts(cursor, backwards, some):
            ids += self._in_order(part, backwards, limit - len(ids))
            if len(ids) == limit:
                break
        return ids

    def place(self, cursor: Cursor) -> tuple[Any, int]:
        """Where a cursor stands, as `first` gives sort values: as the database stores them."""
        if self.column == "id":
            return cursor.pk, cursor.pk
        return self.field.get_db_prep_value(cursor.value, connection), cursor.pk

    def _parts(self, cursor: Cursor | None, backwards: bool, some: list[tuple[Any, int]]) -> list[Part]:
        """Those past the cursor, in the parts that are read one after the other."""
        past = self._past(cursor)
        if self.column != "name_key":
            return [Part(past)]
        span = span_of(self.words[0].term.text)
        has_some = any(span.holds(name) for name, _pk in some)
        parts = [Part(span.inside, is_rare=not has_some), Part(span.outside)]
        at = 0 if cursor is None or span.holds(cursor.value) else 1
        remaining = parts[at::-1] if backwards else parts[at:]
        return [replace(remaining[0], test=_both(remaining[0].test, past)), *remaining[1:]]

    def _past(self, cursor: Cursor | None) -> Condition:
        """Compared as one row value: the index begins there, however many share a name."""
        if cursor is None:
            return _ANYBODY
        sign = "<" if self.order.descending != (cursor.direction == "before") else ">"
        if self.column == "id":
            return Condition(f"id {sign} %s", (cursor.pk,))
        return Condition(f"({self.column}, id) {sign} (%s, %s)", self.place(cursor))

    def _in_order(self, part: Part, backwards: bool, limit: int) -> list[int]:
        down = "DESC" if self.order.descending != backwards else "ASC"
        if connection.vendor != "postgresql":
            test = _both(part.test, all_of(self.words))
            statement = (
                f"SELECT id FROM {self.shown} WHERE {test.sql} ORDER BY {self.column} {down}, id {down} LIMIT %s"  # noqa: S608 (our own words)
            )
            return _ids(statement, (*self.values, *test.values, limit))
        found = [] if part.is_rare else self._walk(part.test, down, limit)
        return found if len(found) == limit else self._gather(part.test, down, limit)

    def _walk(self, part: Condition, down: str, limit: int) -> list[int]:
        """Hits among the next WALK contacts; reading ends with the last one needed."""
        test = all_of(self.words)
        near = f"SELECT * FROM {self.shown} WHERE {part.sql} ORDER BY {self.column} {down}, id {down} LIMIT {WALK}"  # noqa: S608 (our own words)
        statement = f"SELECT id FROM ({near}) near WHERE {test.sql} LIMIT %s"  # noqa: S608 (our own words)
        return _ids(statement, (*self.values, *part.values, *test.values, limit))

    def _gather(self, part: Condition, down: str, limit: int) -> list[int]:
        """The first of all hits; OFFSET 0 keeps the planner from walking."""
        each = f"SELECT {self.column} AS value, id FROM {self.shown} WHERE {{}} OFFSET %s"  # noqa: S608 (our own words)
        hits, values = self._together(each, [_both(part, way) for way in self._ways()], 0)
        statement = f"SELECT id FROM ({hits}) hit ORDER BY value {down}, id {down} LIMIT %s"  # noqa: S608 (our own words)
        return _ids(statement, (*values, limit))

    def _ways(self) -> list[Condition]:
        return ways(self.words) if connection.vendor == "postgresql" else [all_of(self.words)]

    def _together(self, each: str, tests: Sequence[Condition], last: int) -> tuple[str, list[Any]]:
        """`each` for all of `tests`, everybody once. `last` is the last value of each."""
        values = [value for test in tests for value in (*self.values, *test.values, last)]
        parts = [each.format(test.sql) for test in tests]
        return (" UNION ".join(f"({part})" for part in parts) if len(parts) > 1 else parts[0]), values


def _both(one: Condition, other: Condition) -> Condition:
    return Condition(f"{one.sql} AND {other.sql}", one.values + other.values)


def _asked(statement: str, values: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[Any] = cursor.fetchall()
    return found


def _ids(statement: str, values: Sequence[Any]) -> list[int]:
    return [pk for (pk,) in _asked(statement, values)]
