"""Questions to the database that are put together once (ADR 0030).

For a list page Django needs a millisecond to put a question together, and the database a tenth of that to answer it. A
`Question` is an ordinary `values()` query with `Blank`s in place of what differs from time to time; what Django makes of it is
kept, and asking it is filling in the blanks.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, IntegerField, Lookup, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler


class Blank(Value):
    """A value not known yet: `name` is what `Question.ask` gives it by, `field` says how the database wants it."""

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
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


class Question:
    """A `values()` query with blanks. Put together when it is first asked, once in each thread."""

    def __init__(self, lines: QuerySet[Any, Any]) -> None:
        self._query = lines.query
        self._names = tuple(lines.query.selected or ())
        self._kept = threading.local()  # a connection belongs to its thread, and so does what was made for it

    def ask(self, **given: Any) -> list[dict[str, Any]]:
        """The lines as the query itself would answer, with `given` in its blanks."""
        sql, parameters, compiler = self._put_together()
        if not sql:
            return []
        values = [one.filled(given[one.value]) if isinstance(one, Blank) else one for one in parameters]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            found = cursor.fetchall()
        return [dict(zip(self._names, line, strict=True)) for line in compiler.results_iter([found])]

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
