"""Asking the database about many ids at once: each row comes as one text, its cells parted by BETWEEN.

So a hundred thousand rows are a hundred thousand texts rather than two million, and what is done to cells is done to whole
parts of a file at a time. The pieces of SQL that PostgreSQL and SQLite say differently stand here.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from helpdesk.exchange.cells import BETWEEN, LINES, MARK

SPARSE = 2
"""So many times more ids in a range than are asked for are read along with them: half as dear as naming each."""


def rows_of(cells: Sequence[str], source: str, ids: Sequence[int]) -> list[str]:
    """A row for each of `ids` that is there, in their order: `SELECT c.id, {cells} {source}`.

    `cells` are expressions, "" for a blank one; in `source` stands `{ids}` where `= ANY (…)` or `IN (…)` would.
    """
    found = dict(_fetched(_question(cells, source), ids))
    rows = [found[pk] for pk in ids if pk in found]
    if _is_torn(rows, len(cells)):
        found = dict(_fetched(_question([_without_signs(cell) for cell in cells], source), ids))
        rows = [found[pk] for pk in ids if pk in found]
    return rows


def several(value: str) -> str:
    """Values of a group as one text, as `cells.joined` writes them, in the order in which a subquery gives the rows.

    Both databases keep that order within a group; asked to sort each group, PostgreSQL would take three times as long.
    """
    holds = "strpos" if _is_postgresql() else "instr"
    quoted = f"""'"' || replace({value}, '"', '""') || '"'"""
    written = f"""CASE WHEN {holds}({value}, ';') > 0 OR substr({value}, 1, 1) = '"' THEN {quoted} ELSE {value} END"""
    return f"{'string_agg' if _is_postgresql() else 'group_concat'}({written}, '; ')"


def marked_digits(value: str) -> str:
    """The text; behind a MARK where it has no sign but digits and a plus."""
    others = f"translate({value}, '+0123456789', '') = ''" if _is_postgresql() else f"{value} NOT GLOB '*[^+0-9]*'"
    return f"CASE WHEN {others} AND {value} <> '' THEN {_sign(MARK)} || {value} ELSE {value} END"


def marked(value: str) -> str:
    """The text behind a MARK."""
    return f"({_sign(MARK)} || {value})"


def moment(value: str) -> str:
    """2026-11-22 15:05 in the time zone that holds now; "" for none."""
    zone = timezone.get_current_timezone_name().replace("'", "")
    if _is_postgresql():
        return f"coalesce(to_char({value} AT TIME ZONE '{zone}', 'YYYY-MM-DD HH24:MI'), '')"
    # What Django's TruncMinute asks: SQLite itself knows no time zones.
    return f"coalesce(substr(django_datetime_trunc('minute', {value}, '{zone}', 'UTC'), 1, 16), '')"


def text(value: str) -> str:
    """A literal."""
    return "'" + value.replace("'", "''").replace("%", "%%") + "'"


def _question(cells: Sequence[str], source: str) -> str:
    row = f" || {_sign(BETWEEN)} || ".join(cell or "''" for cell in cells)
    return f"SELECT c.id, {row} {source}"


def _fetched(question: str, ids: Sequence[int]) -> list[tuple[int, str]]:
    low, high, times = min(ids, default=0), max(ids, default=0), question.count("{ids}")
    listed = ",".join(map(str, ids))
    with connection.cursor() as cursor:
        if high - low < SPARSE * len(ids):
            cursor.execute(question.replace("{ids}", "BETWEEN %s AND %s"), [low, high] * times)
        elif _is_postgresql():  # as a text: of a list psycopg looks at each element
            cursor.execute(question.replace("{ids}", "= ANY (%s::bigint[])"), [f"{{{listed}}}"] * times)
        else:
            cursor.execute(question.replace("{ids}", "IN (SELECT value FROM json_each(%s))"), [f"[{listed}]"] * times)
        rows: list[tuple[int, str]] = cursor.fetchall()
        return rows


def _is_torn(rows: Sequence[str], columns: int) -> bool:
    """Whether some text holds one of our own signs."""
    together = "".join(rows)
    return together.count(BETWEEN) != len(rows) * (columns - 1) or LINES in together


def _without_signs(cell: str) -> str:
    for sign in (BETWEEN, LINES):
        cell = f"replace({cell}, {_sign(sign)}, ' ')" if cell else cell
    return cell


def _sign(sign: str) -> str:
    return f"{'chr' if _is_postgresql() else 'char'}({ord(sign)})"


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"
