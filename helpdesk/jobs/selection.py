"""Frozen selections: a whole view of 100,000 is written as numbered ids by one statement, and read by number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from helpdesk.jobs.kinds import Row
from helpdesk.jobs.models import Job


def freeze(job: Job, things: QuerySet[Any], *, in_order: bool = False) -> int:
    """Remember which `things` the job is about, in the order of their ids or in their own; returns how many."""
    if things.query.is_empty():
        return 0
    numbered, params = numbering(things, in_order=in_order)
    with connection.cursor() as cursor:
        cursor.execute(FREEZE.format(numbered=numbered), [job.pk, *params])
        return int(cursor.rowcount)


def take(job: Job, limit: int) -> Sequence[Row]:
    """The next of the job's targets."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [job.pk, job.cursor or 0, limit])
        return [Row(number, number, target) for number, target in cursor.fetchall()]


def numbering(things: QuerySet[Any], *, in_order: bool) -> tuple[str, Sequence[Any]]:
    """A SELECT of `number` (from 1) and `target`, each of the things once, and its parameters."""
    if in_order:
        number = Window(RowNumber(), order_by=list(things.query.order_by))  # type: ignore[arg-type]
        selected = things.order_by().values(frozen_id=F("pk"), frozen_number=number)
        statement = IN_ORDER
    else:
        selected = things.order_by().values(frozen_id=F("pk"))
        statement = ONCE if _may_repeat(things) else EACH
    sql, params = selected.query.sql_with_params()
    return statement.format(selected=sql), params


def _may_repeat(things: QuerySet[Any]) -> bool:
    """Whether a join may give one of them more than once."""
    return any(one.join_type for one in things.query.alias_map.values())


ONCE = """SELECT row_number() OVER (ORDER BY frozen_id) AS number, frozen_id AS target
    FROM (SELECT DISTINCT frozen_id FROM ({selected}) AS given) AS chosen"""

EACH = """SELECT row_number() OVER (ORDER BY frozen_id) AS number, frozen_id AS target FROM ({selected}) AS given"""

IN_ORDER = """SELECT frozen_number AS number, frozen_id AS target FROM ({selected}) AS given"""

FREEZE = """INSERT INTO jobs_jobtarget (job_id, number, target_id)
    SELECT %s, number, target FROM ({numbered}) AS numbered"""

TAKE = """SELECT number, target_id FROM jobs_jobtarget WHERE job_id = %s AND number > %s ORDER BY number LIMIT %s"""
