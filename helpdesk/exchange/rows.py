"""Many rows at once on either database, and the rows of a job: all that imports know of what they run on.

PostgreSQL takes rows by COPY and arrays as parameters, SQLite by `executemany` and JSON; everything else is the same.
Values are as the database driver takes them: moments by `moment`, JSON as text.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, models

from helpdesk.jobs.models import Job

Problem = dict[str, Any]
"""{"text": msgid, "params": {…}, "column": header, "value": cell}; see `importing.problem`."""


@dataclass(slots=True)
class Result:
    """What became of one row of the file. `before`: field → [old, new], of updated ones; `problems` of failed ones."""

    number: int
    outcome: str
    target: int | None = None
    before: dict[str, Any] | None = None
    version: int | None = None
    problems: list[Problem] | None = None


def write_results(job: Job, target_kind: str, results: Sequence[Result], *, is_review: bool) -> None:
    """Write the job's rows of these consecutive results; what a review predicted of them is kept."""
    predicted = {} if is_review else _predictions(job, results[0].number, results[-1].number)
    put("jobs_jobrow", _COLUMNS, _job_rows(job.pk, target_kind, results, predicted, is_review))


def _predictions(job: Job, first: int, last: int) -> Mapping[int, str]:
    """What a review said of these rows, which make room for what becomes of them."""
    if not job.predicted:
        return {}
    return dict(fetch(_TAKE_PREDICTED, job.pk, first, last))


def _job_rows(
    job: int, kind: str, results: Sequence[Result], predicted: Mapping[int, str], is_review: bool
) -> Iterator[tuple[Any, ...]]:
    dumps = json.dumps
    for one in results:
        said = (one.outcome, "") if is_review else (predicted.get(one.number, ""), one.outcome)
        before = None if one.before is None else dumps(one.before, ensure_ascii=False)
        problems = None if one.problems is None else dumps(one.problems, ensure_ascii=False)
        target = None if one.target is None or one.target < 0 else one.target
        yield (job, one.number, *said, kind if target else "", target, before, one.version, problems)


def write_undone(job: Job, outcomes: Mapping[int, tuple[str, list[Problem]]]) -> None:
    """Row number → what undoing it came to, and what of it was left."""
    rows = [(number, outcome, json.dumps(left) if left else None) for number, (outcome, left) in outcomes.items()]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_UNDONE_TOGETHER, [*([*column] for column in zip(*rows, strict=True)), job.pk])
        else:
            cursor.executemany(_UNDONE, [(outcome, left, job.pk, number) for number, outcome, left in rows])


def note_made(job: Job, kind: str, ids: Iterable[int]) -> None:
    """Remember what the job makes beside the records of its rows, so that undoing finds it (`Made`)."""
    put("exchange_made", ("job_id", "kind", "target_id"), [(job.pk, kind, pk) for pk in ids])


def put(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert these rows."""
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            insert = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 (names of ours)
            cursor.executemany(insert, rows)  # type: ignore[arg-type] # one by one, never all in memory


def put_unsaved(things: Sequence[models.Model]) -> None:
    """Insert these, all of one model, whose database numbers them: `bulk_create` that gives nothing back."""
    if not things:
        return
    fields = [field for field in things[0]._meta.concrete_fields if not field.primary_key]
    columns = [str(field.column) for field in fields]
    rows = ([_stored(field, getattr(one, field.attname)) for field in fields] for one in things)
    put(things[0]._meta.db_table, columns, rows)


def _stored(field: models.Field[Any, Any], value: Any) -> Any:
    is_plain = type(value) in _PLAIN and not isinstance(field, models.JSONField)
    return value if is_plain else field.get_db_prep_save(value, connection)


def change(table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """Set `columns` (name → PostgreSQL's type) of the rows whose `id` comes first in each of `rows`."""
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            names = ", ".join(f'"{name}"' for name in columns)
            arrays = ", ".join(f"%s::{kind}[]" for kind in ("bigint", *columns.values()))
            sets = ", ".join(f'"{name}" = v."{name}"' for name in columns)
            cursor.execute(
                f"UPDATE {table} SET {sets} FROM unnest({arrays}) AS v(id, {names}) WHERE {table}.id = v.id",  # noqa: S608
                [list(column) for column in zip(*rows, strict=True)],
            )
        else:
            sets = ", ".join(f'"{name}" = %s' for name in columns)
            rotated = [(*row[1:], row[0]) for row in rows]
            cursor.executemany(f"UPDATE {table} SET {sets} WHERE id = %s", rotated)  # noqa: S608


def reserve(table: str, count: int) -> Sequence[int]:
    """So many ids of the table's own, growing, that nobody else gets."""
    if not count:
        return ()
    if connection.vendor == "postgresql":
        return list(fetch(_NEXT, table, count)[0][0])
    last = next((int(seq) for (seq,) in fetch("SELECT seq FROM sqlite_sequence WHERE name = %s", table)), 0)
    return range(last + 1, last + 1 + count)


def fetch(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """All rows of a query; a list or set among `values` stands for {among} ("x {among}": x is one of them)."""
    is_postgresql = connection.vendor == "postgresql"
    filled = statement.replace("{among}", "= ANY(%s)" if is_postgresql else "IN (SELECT value FROM json_each(%s))")
    with connection.cursor() as cursor:
        cursor.execute(filled, [_listed(value, is_postgresql) for value in values])
        return list(cursor.fetchall()) if cursor.description else []


def moment(value: datetime | None) -> Any:
    """A moment as a column takes it."""
    return connection.ops.adapt_datetimefield_value(value)


def in_parts(values: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Lists of at most `size` of them."""
    left = iter(values)
    while part := list(islice(left, size)):
        yield part


def _listed(value: Any, is_postgresql: bool) -> Any:
    if isinstance(value, str) or not isinstance(value, Collection):
        return value
    return _array(value) if is_postgresql else json.dumps(list(value))


def _array(values: Collection[Any]) -> str:
    """PostgreSQL's way to write an array, whatever its elements; ten times as fast as the driver's, which asks each for its type."""
    texts = '","'.join(map(str, values))
    if "\\" in texts or texts.count('"') > 2 * (len(values) - 1):
        texts = '","'.join(str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return f'{{"{texts}"}}' if values else "{}"


_PLAIN = (str, int, bool, type(None))
_COLUMNS = (
    "job_id", "number", "predicted", "outcome", "target_kind", "target_id", "before", "after_version", "problems",
)  # fmt: skip
_TAKE_PREDICTED = "DELETE FROM jobs_jobrow WHERE job_id = %s AND number BETWEEN %s AND %s RETURNING number, predicted"
_NEXT = """WITH one AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS numbers)
    SELECT array_agg(nextval(numbers)) FROM one, generate_series(1, %s)"""  # asked for once: that takes ten times as long as a number
_UNDONE = "UPDATE jobs_jobrow SET undo_outcome = %s, problems = %s WHERE job_id = %s AND number = %s"
_UNDONE_TOGETHER = """UPDATE jobs_jobrow r SET undo_outcome = v.outcome, problems = v.problems
    FROM unnest(%s::integer[], %s::text[], %s::jsonb[]) AS v(number, outcome, problems)
    WHERE r.job_id = %s AND r.number = v.number"""
