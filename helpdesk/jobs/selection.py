"""Frozen selections: a whole view of 100,000 is written as numbered ids by one statement, and read by number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from helpdesk.jobs.kinds import Row
from helpdesk.jobs.models import Job, JobTarget


def freeze(job: Job, things: QuerySet[Any], *, in_order: bool = False) -> int:
    """Remember which `things` the job is about, in the order of their ids or in their own; returns how many."""
    if things.query.is_empty():
        return 0
    statement, selected = FREEZE, things.order_by().values(frozen_id=F("pk"))
    if in_order:
        number = Window(RowNumber(), order_by=list(things.query.order_by))  # type: ignore[arg-type]
        statement, selected = FREEZE_IN_ORDER, things.order_by().values(frozen_id=F("pk"), frozen_number=number)
    sql, params = selected.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement.format(selected=sql), [job.pk, *params])
        return int(cursor.rowcount)


def take(job: Job, limit: int) -> Sequence[Row]:
    """The next of the job's targets."""
    found = JobTarget.objects.filter(job=job, number__gt=job.cursor or 0).order_by("number")
    return [Row(number, number, target) for number, target in found.values_list("number", "target_id")[:limit]]


FREEZE = """INSERT INTO jobs_jobtarget (job_id, number, target_id)
    SELECT %s, row_number() OVER (ORDER BY frozen_id), frozen_id
    FROM (SELECT DISTINCT frozen_id FROM ({selected}) AS given) AS chosen"""

FREEZE_IN_ORDER = """INSERT INTO jobs_jobtarget (job_id, number, target_id)
    SELECT %s, frozen_number, frozen_id FROM ({selected}) AS given"""
