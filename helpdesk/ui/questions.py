"""Questions to the database that are put together once (ADR 0030).

For a list page Django needs a millisecond to put a question together, and the database a tenth of that to answer it. A
`Question` is an ordinary `values()` query with `Blank`s in place of what differs from time to time; what Django makes of it is
kept, and asking it is filling in the blanks.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import IntegerField, Lookup, Model, QuerySet, Value
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler


class Blank(Value):
    """A value not known yet: `name` is what `Question.ask` gives it by, `field` says how the database wants it."""

    def __init__(self, name: str, field: Any) -> None:
        super().__init__(name, output_field=field)

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]

    def filled(self, value: Any) -> Any:
        return self.output_field.get_db_prep_value(value, connection)


class Blanks(Blank):
    """Any number of ids not known yet, for `…__any_of`."""

    def __init__(self, name: str) -> None:
        super().__init__(name, IntegerField())

    def filled(self, value: Iterable[int]) -> str:
        return array_of(value)


@IntegerField.register_lookup
class AnyOf(Lookup):
    """`pk__any_of=ids`: as `pk__in`, as one parameter however many they are."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        column, parameters = self.process_lhs(compiler, connection)
        given = self.rhs if isinstance(self.rhs, Blank) else array_of(self.rhs)
        return f"{column} {IS_ANY_OF[connection.vendor]}", [*parameters, given]


IS_ANY_OF = {"postgresql": "= ANY(%s::bigint[])", "sqlite": "IN (SELECT value FROM json_each(%s))"}
"""What stands behind a column that must be one of `array_of` some ids."""


def array_of(ids: Iterable[int]) -> str:
    """The ids as the database reads them from one text."""
    inside = ",".join(map(str, ids))
    return f"{{{inside}}}" if connection.vendor == "postgresql" else f"[{inside}]"


class _Kept:
    """A query with blanks. Put together when it is first asked, once in each thread."""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        self._query = rows.query
        self._kept = threading.local()  # a connection belongs to its thread, and so does what was made for it

    def _answered(self, given: dict[str, Any]) -> tuple[Iterator[Sequence[Any]], SQLCompiler]:
        """The rows, converted as Django does, and what knows their columns."""
        sql, parameters, compiler = self._put_together()
        if not sql:
            return iter(()), compiler
        values = [one.filled(given[one.value]) if isinstance(one, Blank) else one for one in parameters]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            found = cursor.fetchall()
        return compiler.results_iter([found]), compiler

    def _put_together(self) -> tuple[str, Sequence[Any], SQLCompiler]:
        """The statement, "" for one that nothing can answer; its parameters; what makes of its answers what Django would."""
        if not hasattr(self._kept, "made"):
            compiler = self._query.clone().get_compiler(DEFAULT_DB_ALIAS)
            try:
                self._kept.made = (*compiler.as_sql(), compiler)
            except EmptyResultSet:
                self._kept.made = ("", (), compiler)
        made: tuple[str, Sequence[Any], SQLCompiler] = self._kept.made
        return made


class Question(_Kept):
    """A `values()` query with blanks."""

    def __init__(self, lines: QuerySet[Any, Any]) -> None:
        super().__init__(lines)
        self._names = tuple(lines.query.selected or ())

    def ask(self, **given: Any) -> list[dict[str, Any]]:
        """The lines as the query itself would answer, with `given` in its blanks."""
        lines, _compiler = self._answered(given)
        return [dict(zip(self._names, line, strict=True)) for line in lines]


M = TypeVar("M", bound=Model)


class Records(_Kept, Generic[M]):
    """A query for objects with blanks: with `select_related`, `only` and `annotate` as it has them; without `prefetch_related`."""

    def __init__(self, objects: QuerySet[M, M]) -> None:
        super().__init__(objects)

    def ask(self, **given: Any) -> list[M]:
        """The objects as the query itself would answer, with `given` in its blanks."""
        lines, compiler = self._answered(given)
        return list(_objects(lines, compiler))


def _objects(lines: Iterable[Sequence[Any]], compiler: Any) -> Iterator[Any]:
    """As `django.db.models.query.ModelIterable` makes them of its query's lines."""
    info = compiler.klass_info
    if info is None:  # nothing can answer
        return
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column[0].target.attname for column in compiler.select[first:last]]
    related = get_related_populators(info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # of Django 6
    for line in lines:
        found = info["model"].from_db(DEFAULT_DB_ALIAS, names, line[first:last])
        for populator in related:
            populator.populate(line, found)
        for name, place in compiler.annotation_col_map.items():
            setattr(found, name, line[place])
        yield found
