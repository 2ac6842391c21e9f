"""Whose job it is now: claimed by one UPDATE, held by a lease of the database's clock, fenced by its epoch.

Every write names state and epoch in its WHERE: a worker that was taken for dead, and comes back, changes nothing.
"""

from __future__ import annotations

import os
import secrets
import socket
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Case, F, PositiveSmallIntegerField, Value, When
from django.db.models.functions import Now

from helpdesk.jobs.models import Job
from helpdesk.jobs.states import ALLOWED, FINAL, State

MOST_CRASHES = 3

LET_GO: dict[str, Any] = {"worker": "", "lease_until": None}


class LostError(Exception):
    """The job is not ours (any more): somebody else holds it, or it has ended."""


def lease() -> timedelta:
    return timedelta(seconds=settings.JOBS_LEASE_SECONDS)


def claim(pk: int, epoch: int) -> Job | None:
    """Take the job if it still waits at this epoch; None when it does not, or its slot has just been taken.

    A lease that ran out is a crash of whoever held it: three of them without progress end the job.
    """
    worker = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    is_new = When(state=State.QUEUED, then=Value(State.RUNNING.value))
    crashed = When(lease_until__isnull=False, then=F("crash_count") + 1)
    begins = {
        "started_at": Case(When(started_at=None, then=Now()), default=F("started_at")),
        "resumed_at": Case(When(state=State.QUEUED, then=Now()), default=F("resumed_at")),
    }
    try:
        with transaction.atomic():
            taken = Job.objects.waiting().order_by().filter(pk=pk, epoch=epoch)
            taken.update(
                state=Case(is_new, default=F("state")),
                crash_count=Case(crashed, default=F("crash_count"), output_field=PositiveSmallIntegerField()),
                epoch=F("epoch") + 1,
                worker=worker,
                lease_until=Now() + lease(),
                heartbeat_at=Now(),
                **begins,
            )
    except IntegrityError:  # the slot: another worker began another job of it a moment ago
        return None
    return Job.objects.filter(pk=pk, worker=worker, epoch=epoch + 1).first()


def locked(job: Job) -> Job:
    """The job's row as it is now, locked until this transaction ends. LostError where it is not ours any more."""
    _end_if_frozen()
    rows = Job.objects.select_for_update(no_key=True).filter(pk=job.pk, epoch=job.epoch, state=job.state)
    found = rows.first()
    if found is None:
        raise LostError
    return found


def renewed(job: Job, **fields: Any) -> None:
    """Write progress and keep the job for another lease."""
    alive = {"lease_until": Now() + lease(), "heartbeat_at": Now(), "crash_count": 0}
    _write(job, {**alive, **fields})


def keep(job: Job) -> None:
    """Keep the job for another lease, without progress. LostError where it is not ours any more, or was ended meanwhile."""
    _write(job, {"lease_until": Now() + lease(), "heartbeat_at": Now()})


def release(job: Job, *, rest: float = 0.0, **fields: Any) -> None:
    """Give it back, to be taken again in `rest` seconds; what is not ours any more stays as it is."""
    later = Now() + timedelta(seconds=rest) if rest else F("run_at")
    Job.objects.filter(pk=job.pk, epoch=job.epoch, state=job.state).update(**LET_GO, run_at=later, **fields)


def move(job: Job, to: State, **fields: Any) -> None:
    """Take the job, as read, to another state, and end every claim on it. LostError where it has changed meanwhile.

    ValueError for a transition that does not exist.
    """
    if to not in ALLOWED[State(job.state)]:
        raise ValueError(f"job {job.pk}: {job.state} → {to}")
    ended = {"finished_at": Now()} if to in FINAL else {"finished_at": None}
    cleared = {"crash_count": 0, "run_at": Now()}
    _write(job, {**LET_GO, **cleared, **ended, **fields, "state": to, "epoch": F("epoch") + 1})
    job.refresh_from_db()


@transaction.atomic
def note(job: Job, **params: Any) -> None:
    """Add to its params as they are now: somebody whose words stood in them may have been deleted forever meanwhile."""
    now = Job.objects.select_for_update(no_key=True).values_list("params", flat=True).get(pk=job.pk)
    job.params = {**now, **params}
    Job.objects.filter(pk=job.pk).update(params=job.params)


def _write(job: Job, fields: dict[str, Any]) -> None:
    if not Job.objects.filter(pk=job.pk, epoch=job.epoch, state=job.state).update(**fields):
        raise LostError


def _end_if_frozen() -> None:
    """A worker stopped in the middle of a chunk must not keep its locks longer than its lease."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a row's fault shows in that row, not at the commit
            milliseconds = int(lease().total_seconds() * 1000)
            cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = {milliseconds}")
