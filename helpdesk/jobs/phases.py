"""What a job does in each state that works: which rows, by which function, counted where, ending how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import transaction
from django.utils.translation import gettext_noop

from helpdesk.jobs import claims, selection
from helpdesk.jobs.kinds import Aside, Done, JobError, JobKind, Row
from helpdesk.jobs.models import Job, JobRow
from helpdesk.jobs.states import State

KIND_GONE = gettext_noop("This helpdesk no longer knows this kind of work (%(kind)s).")

log = structlog.get_logger("helpdesk.jobs")


@dataclass(frozen=True)
class Phase:
    """`counters` and `cursor` name the job's fields, `end` the state after the last row."""

    kind: JobKind
    counters: str
    cursor: str
    end: State
    take: Callable[[Job, int], Sequence[Any]]
    work: Callable[[Job, Sequence[Any]], Done]
    cursor_of: Callable[[Any], Any]
    fail: Callable[[Job, Any, dict[str, Any]], None]
    finish: Aside | None = None


def of(job: Job) -> Phase:
    """JobError where the app that knows this kind is gone."""
    kind = job.known_kind
    if kind is None:
        raise JobError(KIND_GONE, kind=job.kind)
    if job.state == State.UNDOING and kind.undo:
        return Phase(kind, "undo_totals", "undo_cursor", State.UNDONE, _rows_to_undo, kind.undo, _number_of, _fail_undo)
    take = kind.take or selection.take
    if job.state == State.REVIEWING and kind.review:
        return Phase(kind, "predicted", "cursor", State.REVIEWED, take, kind.review, _cursor_of, _fail_predicted)
    return Phase(kind, "totals", "cursor", State.DONE, take, kind.work, _cursor_of, _fail, kind.finish)


def end(job: Job, state: State, **fields: Any) -> None:
    """Close the job, and tell its kind; a kind that breaks over it does not keep the job open."""
    with transaction.atomic():
        claims.move(job, state, **fields)
        kind = job.known_kind
        if kind and kind.ended:
            try:
                with transaction.atomic():
                    kind.ended(job)
            except Exception:
                log.exception("job_end_failed", job=job.pk)


def _rows_to_undo(job: Job, limit: int) -> Sequence[JobRow]:
    """Rows that did something, the last one first."""
    rows = job.rows.filter(undo_outcome="", number__lt=job.undo_cursor).exclude(outcome__in=("", "failed", "skipped"))
    return list(rows.order_by("-number")[:limit])


def _cursor_of(row: Row) -> Any:
    return row.cursor


def _number_of(row: JobRow) -> int:
    return row.number


def _fail(job: Job, row: Row, problem: dict[str, Any]) -> None:
    _upsert(job, row, problem, "outcome")


def _fail_predicted(job: Job, row: Row, problem: dict[str, Any]) -> None:
    _upsert(job, row, problem, "predicted")


def _fail_undo(job: Job, row: JobRow, problem: dict[str, Any]) -> None:
    JobRow.objects.filter(job=job, number=row.number).update(undo_outcome="failed", problems=[problem])


def _upsert(job: Job, row: Row, problem: dict[str, Any], field: str) -> None:
    kind = job.known_kind
    target = kind.target if kind and row.target_id else ""
    said = {field: "failed", "target_kind": target, "target_id": row.target_id, "problems": [problem]}
    if not JobRow.objects.filter(job=job, number=row.number).update(**said):
        JobRow.objects.create(job=job, number=row.number, **said)
