"""What jobs did with one thing, as its timeline shows it: a `JobRow` is the record of its change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.audit.lines import Change
from helpdesk.jobs.changes import changes_of
from helpdesk.jobs.kinds import OUTCOMES
from helpdesk.jobs.models import Job, JobRow
from helpdesk.timeline import sources
from helpdesk.timeline.sources import Asked, Edge, Event, TimelineSource
from helpdesk.ui.questions import Blank, Records

NOTHING_DONE = ("", "skipped", "failed")
UNDONE = ("restored", "removed")
TOLD = ("job_id", "number", "outcome", "undo_outcome", "before", "at", "job__kind", "job__owner_name", "job__params")
PLACE = ("at", "job_id", "number")
ROWS_A_JOB = 2**32
"""An event's id is its job's and its row's number in one."""


@dataclass(frozen=True)
class Worked:
    """Which job changed the thing (row `number` of its file or selection), what it was `about`, whether that was taken back.

    `outcome` in its kind's words, `changes` from what to what.
    """

    job: Job
    what: str | Promise
    is_undone: bool
    about: str = ""
    number: int = 0
    outcome: str | Promise = ""
    changes: Sequence[Change] = ()


def job_rows(asked: Asked) -> list[Event]:
    place = dict(zip(PLACE, _place(asked.after), strict=True)) if asked.after else {}
    rows = _newest(asked.subject_kind, asked.limit, is_first=asked.after is None)
    return [_event(row) for row in rows.ask(subject=asked.subject_id, **place)]


@cache
def _newest(kind: str, limit: int, *, is_first: bool) -> Records[JobRow]:
    """Rows that did something with the `subject`, newest first; only those past the `PLACE`."""
    fields = {name: JobRow._meta.get_field(name) for name in ("at", "job", "number", "target_id")}
    blanks = tuple(Blank(name, fields[name.removesuffix("_id")]) for name in PLACE)
    rows = JobRow.objects.filter(target_kind=kind, target_id=Blank("subject", fields["target_id"]))
    rows = rows.filter(target_id__isnull=False).exclude(outcome__in=NOTHING_DONE).select_related("job").only(*TOLD)
    if not is_first:
        rows = rows.filter(TupleLessThan(Tuple(*map(F, PLACE)), blanks))
    return Records(rows.order_by(*(F(name).desc() for name in PLACE))[:limit])


def register_source() -> None:
    sources.register(TimelineSource(name="jobs", kinds={"jobs": _("Imports and jobs")}, events=job_rows, facts=_facts))


def _facts(told: Worked) -> dict[str, Any]:
    changes = {change.label: [change.before, change.after] for change in told.changes}
    return {
        "job": told.job.pk, "row": told.number, "what": str(told.what), "who": told.job.owner_name,
        "is_undone": told.is_undone, "changes": changes,
    }  # fmt: skip


def _place(after: Edge) -> tuple[object, ...]:
    return (after.at, *divmod(after.id, ROWS_A_JOB))


def _event(row: JobRow) -> Event:
    number = row.job_id * ROWS_A_JOB + row.number
    return Event(at=row.at, id=number, icon="list-checks", template="timeline/_job.html", tell=partial(_worked, row))


def _worked(row: JobRow) -> Worked:
    kind = row.job.known_kind
    about = str(kind.describe(row.job)) if kind and kind.describe else ""
    return Worked(
        job=row.job,
        what=kind.label if kind else row.job.kind,
        is_undone=row.undo_outcome in UNDONE,
        about=about,
        number=row.number,
        outcome=(kind.outcomes if kind else OUTCOMES).get(row.outcome, row.outcome),
        changes=changes_of(kind, row.before),
    )
