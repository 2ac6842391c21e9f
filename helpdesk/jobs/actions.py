"""What people do with jobs: start, cancel, pause, let go on, undo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Max, QuerySet
from django.db.models.functions import Now

from helpdesk.audit.actions import record
from helpdesk.jobs import claims, phases, selection
from helpdesk.jobs.kinds import JobKind
from helpdesk.jobs.models import Job, JobRow
from helpdesk.jobs.states import ALLOWED, State
from helpdesk.jobs.tasks import run
from helpdesk.locks import is_held
from helpdesk.users.actors import Actor
from helpdesk.workers.bell import ring_on_commit

PATIENCE = 3  # seconds


class NotPossibleError(Exception):
    """The job is not in a state for that (any more)."""


class NothingChosenError(Exception):
    """The selection is empty."""


class BusyError(NotPossibleError):
    """A worker holds the row (in SQLite: the database) for longer than a chunk may last."""


class SlotTakenError(Exception):
    """Another job of the same slot is under way."""


@contextmanager
def unless_locked() -> Iterator[None]:
    """BusyError where a transaction cannot begin: SQLite has one lock for all, so who stops inside of one stops everybody."""
    try:
        yield
    except OperationalError as error:
        if not is_held(error):
            raise
        raise BusyError from error


@transaction.atomic
def start(kind: JobKind, chosen: QuerySet[Any], *, params: Mapping[str, Any] | None = None, by: Actor) -> Job:
    """Do `kind` to all that is chosen now, by whoever is a worker; NothingChosenError where that is nothing."""
    job = choose(kind, chosen, params=params, by=by)
    submit(job, by=by)
    return job


@transaction.atomic
def choose(kind: JobKind, chosen: QuerySet[Any], *, params: Mapping[str, Any] | None = None, by: Actor) -> Job:
    """A draft about all that is chosen now, to be confirmed; NothingChosenError where that is nothing."""
    job = draft(kind, params=params, by=by)
    job.total = selection.freeze(job, chosen)
    if not job.total:
        raise NothingChosenError
    Job.objects.filter(pk=job.pk).update(total=job.total)
    return job


@transaction.atomic
def draft(kind: JobKind, *, params: Mapping[str, Any] | None = None, total: int | None = None, by: Actor) -> Job:
    """A job that nobody works on yet."""
    return Job.objects.create(
        kind=kind.name,
        slot=kind.slot,
        params=dict(params or {}),
        total=total,
        owner=by.user,
        owner_kind=by.kind,
        owner_name=by.name[:200],
    )


@transaction.atomic
def review(job: Job, *, by: Actor) -> None:
    """Try it without writing anything outside the job; again, too, as long as it has not run. Else NotPossibleError."""
    if job.resumed_at is not None:
        raise NotPossibleError
    _move(job, State.REVIEWING, cursor=None, started_at=None, predicted={}, error=None)
    job.rows.all().delete()
    ring_on_commit(run, job.pk, job.epoch)


@transaction.atomic
def submit(job: Job, *, by: Actor) -> None:
    """Put a draft or a reviewed job into the queue; the log's one entry for it. Its time counts from here, not from its review."""
    _move(job, State.QUEUED, cursor=None, started_at=None)
    action = job.known_kind.action if job.known_kind else "job.start"
    record(action, job, changes=_recorded(job), by=by)
    ring_on_commit(run, job.pk, job.epoch)


@unless_locked()
@transaction.atomic
def cancel(job: Job, *, by: Actor) -> None:
    """End it, whoever works on it: between two chunks, and who holds it finds its epoch gone. NotPossibleError where it has ended."""
    job = _locked(job)
    if not _may_become(job, State.CANCELLED):
        raise NotPossibleError
    record("job.cancel", job, by=by)
    phases.end(job, State.CANCELLED)


@unless_locked()
@transaction.atomic
def pause(job: Job, *, by: Actor) -> None:
    """Stop it for now, whoever works on it, as `cancel` does."""
    job = _locked(job)
    if not _may_become(job, State.PAUSED):
        raise NotPossibleError
    record("job.pause", job, by=by)
    claims.move(job, State.PAUSED)


@unless_locked()
@transaction.atomic
def go_on(job: Job, *, by: Actor) -> None:
    """Let a paused job go on where it stopped; a cancelled or failed one, too, if it ran and was not taken back."""
    job = _locked(job)
    if not can_go_on(job):
        raise NotPossibleError
    _move(job, State.QUEUED, error=None, resumed_from=job.done_count)
    record("job.resume", job, by=by)
    ring_on_commit(run, job.pk, job.epoch)


@unless_locked()
@transaction.atomic
def undo(job: Job, *, by: Actor) -> None:
    """Take back what it did. SlotTakenError while another job of its slot runs; NotPossibleError for kinds without."""
    job = _locked(job)
    if not can_undo(job):
        raise NotPossibleError
    try:
        with transaction.atomic():
            last = job.rows.aggregate(last=Max("number"))["last"] or 0
            begun = {"undo_cursor": job.undo_cursor or last + 1, "resumed_from": sum(job.undo_totals.values())}
            _move(job, State.UNDOING, error=None, resumed_at=Now(), **begun)
    except IntegrityError as taken:
        raise SlotTakenError from taken
    record("job.undo", job, by=by)
    ring_on_commit(run, job.pk, job.epoch)


def can_go_on(job: Job) -> bool:
    """Whether it was stopped with something left to do, and what it would do that with is still there."""
    if job.state == State.PAUSED:
        return True
    kind, has_run = job.known_kind, job.resumed_at is not None and job.undo_cursor is None
    if kind is None or not has_run or job.state not in (State.CANCELLED, State.FAILED):
        return False
    has_more = job.total is None or sum(job.totals.values()) < job.total or kind.finish is not None
    return has_more and (kind.has_source is None or kind.has_source(job))


def can_undo(job: Job) -> bool:
    """Whether it did something that can be taken back, and its rows are still kept."""
    kind = job.known_kind
    did = any(count for outcome, count in job.totals.items() if outcome not in ("failed", "skipped"))
    return bool(kind and kind.undo and did and _may_become(job, State.UNDOING) and job.rows.exists())


def erase(target_kind: str, *ids: int) -> int:
    """Forget what job rows say about these (they are deleted forever); that there was a row stays."""
    rows = JobRow.objects.filter(target_kind=target_kind, target_id__in=ids)
    return rows.update(before=None, problems=None)


def _recorded(job: Job) -> dict[str, tuple[Any, Any]]:
    """What the log keeps of it: how many rows, about what, and why, where that was asked."""
    kind = job.known_kind
    about = str(kind.describe(job)) if kind and kind.describe else ""
    said = {"about": about[:200], "reason": job.params.get("reason", "")}
    return {"rows": (None, job.total), **{name: (None, text) for name, text in said.items() if text}}


def _locked(job: Job) -> Job:
    """BusyError where whoever works on it (or was frozen over it) does not let go of the row."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
    try:
        return _row(job)
    except OperationalError as held:
        raise BusyError from held


def _row(job: Job) -> Job:
    return Job.objects.select_for_update(no_key=True).get(pk=job.pk)


def _may_become(job: Job, state: State) -> bool:
    return state in ALLOWED[State(job.state)]


def _move(job: Job, state: State, **fields: Any) -> None:
    if not _may_become(job, state):
        raise NotPossibleError
    claims.move(job, state, **fields)
