"""How far a job is, how fast it goes, how long it will take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from helpdesk.jobs.models import Job
from helpdesk.jobs.states import State

LEAST_SECONDS = 2.0  # before a rate means anything


@dataclass(frozen=True)
class Progress:
    """`total` and `percent` None where nobody knows yet; `rate` in rows a second, `left` what they will take."""

    done: int
    total: int | None
    percent: int | None
    rate: float | None
    left: timedelta | None


def progress_of(job: Job) -> Progress:
    total, done = _total(job), job.done_count
    rate = _rate(job, done)
    left = timedelta(seconds=(total - done) / rate) if rate and total is not None else None
    return Progress(done, total, _percent(done, total), rate, left)


def not_reached(job: Job) -> int:
    """How many rows a job that was stopped never came to."""
    stopped = job.state in (State.CANCELLED, State.FAILED) and job.total is not None
    return max(0, job.total - sum(job.totals.values())) if stopped and job.total else 0


def duration_of(job: Job) -> timedelta | None:
    """From the first claim to the end, or until now; of an undo: the undo's; of a review: until its last row was tried."""
    begun = job.resumed_at if job.is_undo else job.started_at
    reviewed_at = job.heartbeat_at if job.state == State.REVIEWED else None
    return (job.finished_at or reviewed_at or timezone.now()) - begun if begun else None


def _total(job: Job) -> int | None:
    """Of an undo: what the run changed."""
    if not job.is_undo:
        return job.total
    changed: int = sum(count for outcome, count in job.totals.items() if outcome not in ("failed", "skipped"))
    return changed


def _percent(done: int, total: int | None) -> int | None:
    if total is None:
        return None
    return min(100, 100 * done // total) if total else 100


def _rate(job: Job, done: int) -> float | None:
    """Since it last began or went on, by the database's clock; None while it does not run."""
    if job.state not in (State.RUNNING, State.UNDOING) or not (job.resumed_at and job.heartbeat_at):
        return None
    seconds: float = (job.heartbeat_at - job.resumed_at).total_seconds()
    return max(0, done - job.resumed_from) / seconds if seconds >= LEAST_SECONDS else None
