"""One chunk: a transaction that locks the job, does some rows, writes their outcomes and moves the cursor, or does nothing."""

from __future__ import annotations

import enum
import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext_noop

from helpdesk.jobs import claims, phases
from helpdesk.jobs.kinds import Aside, Done, JobError, PauseJob, RowError, WaitJob
from helpdesk.jobs.models import Job
from helpdesk.jobs.phases import Phase
from helpdesk.jobs.states import State
from helpdesk.workers.faultpoints import faultpoint

PATIENCE = 2.0  # seconds for redoing rows one by one before what is done is committed
UNEXPECTED = gettext_noop("This row could not be processed (%(kind)s).")

PASSING = (OperationalError, InterfaceError, JobError, WaitJob, claims.LostError)
"""No row's fault: the connection, the job as a whole, the clock."""

log = structlog.get_logger("helpdesk.jobs")


class MiscountError(Exception):
    """A kind's counts do not add up to the rows it was given: a bug that no retry mends."""


class Step(enum.Enum):
    """What to do after a chunk."""

    MORE = "more"
    FINISH = "finish"
    ENDED = "ended"


@dataclass(frozen=True)
class Rest:
    """Go on, but not before so many seconds."""

    seconds: float


class Pace:
    """How many rows a chunk takes: no more than the one before could do, and then more again."""

    def __init__(self) -> None:
        self._most: int | None = None

    def limit(self, batch: int) -> int:
        return min(batch, self._most or batch)

    def note(self, taken: int, done: int) -> None:
        if done < taken:
            self._most = done
        elif self._most:
            self._most *= 2


def advance(job: Job, pace: Pace | None = None) -> Step | Rest:
    """Do the next chunk of a claimed job. LostError when it is not ours any more; whatever the database throws."""
    try:
        with _uncollected(), transaction.atomic():
            step = _advance(claims.locked(job), pace or Pace())
            faultpoint("jobs.before_commit")
    except WaitJob as wait:
        return Rest(wait.seconds)
    except PauseJob as reason:
        claims.move(job, State.PAUSED, error=reason.problem)
        return Step.ENDED
    except JobError as reason:
        phases.end(job, State.FAILED, error=reason.problem)
        return Step.ENDED
    faultpoint("jobs.after_commit")
    return step


def aside(job: Job, work: Aside) -> Step:
    """Do what belongs outside of transactions, before the first chunk or after the last; the job may end over it."""
    try:
        work(job, partial(claims.keep, job))
    except JobError as reason:
        phases.end(job, State.FAILED, error=reason.problem)
    else:
        return Step.MORE
    return Step.ENDED


def close(job: Job) -> Step:
    """End a job all of whose rows are done, and what comes after them, too."""
    with transaction.atomic():
        phases.end(claims.locked(job), phases.of(job).end)
    return Step.ENDED


@contextmanager
def _uncollected() -> Iterator[None]:
    """A chunk makes a hundred thousand objects and no cycles, and looking for some takes a quarter of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _advance(job: Job, pace: Pace) -> Step | Rest:
    phase = phases.of(job)
    rows = phase.take(job, pace.limit(phase.kind.batch))
    if rows:
        return _worked(job, phase, rows, pace)
    if phase.finish:
        return Step.FINISH
    phases.end(job, phase.end)
    return Step.ENDED


def _worked(job: Job, phase: Phase, rows: Sequence[Any], pace: Pace) -> Step | Rest:
    done = Redo(job, phase).apply(rows)
    handled = sum(done.counts.values())
    pace.note(len(rows), handled)
    counters = Counter(getattr(job, phase.counters)) + done.counts
    claims.renewed(job, **{phase.cursor: phase.cursor_of(rows[handled - 1]), phase.counters: dict(counters)})
    return Rest(done.rest) if done.rest else Step.MORE


class Redo:
    """Rows together; where that fails, halves of them in savepoints, down to the row at fault, which alone fails."""

    def __init__(self, job: Job, phase: Phase, clock: Callable[[], float] = time.monotonic) -> None:
        self._job = job
        self._phase = phase
        self._clock = clock
        self._end = clock() + PATIENCE

    def apply(self, rows: Sequence[Any]) -> Done:
        """What became of `rows`, or of the first of them where time ran out."""
        try:
            with transaction.atomic():
                return self._counted(rows)
        except PASSING:
            raise
        except Exception as error:
            if isinstance(error, MiscountError):
                raise
            return self._alone(rows[0], error) if len(rows) == 1 else self._halves(rows)

    def _counted(self, rows: Sequence[Any]) -> Done:
        done = self._phase.work(self._job, rows)
        handled = sum(done.counts.values())
        if handled != len(rows) and not (done.is_part and 0 < handled < len(rows)):
            raise MiscountError(f"{self._job.kind}: {dict(done.counts)} for {len(rows)} rows")
        return done

    def _halves(self, rows: Sequence[Any]) -> Done:
        middle = len(rows) // 2
        first = self.apply(rows[:middle])
        if sum(first.counts.values()) < middle or self._clock() > self._end:
            return first
        second = self.apply(rows[middle:])
        return Done(first.counts + second.counts, max(first.rest, second.rest))

    def _alone(self, row: Any, error: Exception) -> Done:
        if isinstance(error, RowError):
            problem = error.problem
        else:
            log.warning("job_row_failed", job=self._job.pk, row=row.number, exc_info=error)
            problem = {"text": UNEXPECTED, "params": {"kind": type(error).__name__}}
        self._phase.fail(self._job, row, problem)
        return Done(Counter(failed=1))
