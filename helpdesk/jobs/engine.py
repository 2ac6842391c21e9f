"""Working on a job for some seconds: claim, some chunks, give it back. Any worker goes on from there."""

from __future__ import annotations

import time
from contextlib import suppress

import structlog
from django.db import DatabaseError, InterfaceError, connection
from django.utils.translation import gettext_noop

from helpdesk.jobs import chunks, claims, phases
from helpdesk.jobs.chunks import Rest, Step
from helpdesk.jobs.claims import MOST_CRASHES, LostError
from helpdesk.jobs.models import Job
from helpdesk.jobs.states import State
from helpdesk.workers.faultpoints import faultpoint

SLICE = 5.0  # seconds after which a worker turns to other work, having rung again
SOONEST = 0.3  # seconds; a shorter rest is taken on the spot
BREATH = 0.11  # seconds: how long somebody who waits for SQLite sleeps between tries
BETWEEN_BREATHS = 1.0

CRASHED = gettext_noop("The work stopped three times at the same place (after row %(row)s).")
BROKEN = gettext_noop("An error in the program stopped the work after row %(row)s (%(kind)s).")

log = structlog.get_logger("helpdesk.jobs")


def run(pk: int, epoch: int, *, seconds: float = SLICE) -> int | None:
    """Work on the job as it was at `epoch`; the epoch to ring with for more, None when nothing is left to do now."""
    job = claims.claim(pk, epoch)
    if job is None:
        return None
    faultpoint("jobs.claimed")
    try:
        return _work(job, seconds)
    except LostError:
        log.warning("job_lost", job=pk, epoch=job.epoch)
    except (
        DatabaseError,
        InterfaceError,
    ) as error:  # connection cut, deadlock, disk full: a crash that could still say so
        log.warning("job_interrupted", job=pk, error=str(error))
        _stumble(job)
    except Exception as error:
        log.exception("job_broken", job=pk)
        phases.end(job, State.FAILED, error=_problem(job, BROKEN, kind=type(error).__name__))
    except KeyboardInterrupt:  # of a command: no crash, and nobody need wait for the lease
        claims.release(job)
        raise
    return None


def _work(job: Job, seconds: float) -> int | None:
    if job.crash_count >= MOST_CRASHES:
        phases.end(job, State.FAILED, error=_problem(job, CRASHED))
        return None
    step: Step | Rest = _prepared(job)
    if step is Step.MORE:
        step = _steps(job, seconds)
    if step is Step.FINISH:
        step = _finished(job)
    if step is Step.ENDED:
        return None
    claims.release(job, rest=step.seconds if isinstance(step, Rest) else 0)
    faultpoint("jobs.released")
    return job.epoch if step is Step.MORE else None


def _prepared(job: Job) -> Step:
    """What a kind does before the first chunk; it finds it done at each further slice."""
    kind = job.known_kind
    if kind is None or kind.prepare is None or job.state == State.UNDOING:
        return Step.MORE
    return chunks.aside(job, kind.prepare)


def _finished(job: Job) -> Step:
    """What a kind does after the last chunk, and the end."""
    kind = job.known_kind
    step = chunks.aside(job, kind.finish) if kind and kind.finish else Step.MORE
    return chunks.close(job) if step is Step.MORE else step


def _steps(job: Job, seconds: float) -> Step | Rest:
    """Chunks until the slice is over, the job has ended, or it wants a rest worth giving it back."""
    end = time.monotonic() + seconds
    breathed, pace = time.monotonic(), chunks.Pace()
    while True:
        step = chunks.advance(job, pace)
        if isinstance(step, Rest) and step.seconds <= SOONEST:
            time.sleep(step.seconds)
            step = Step.MORE
        if step is not Step.MORE or time.monotonic() > end:
            return step
        if connection.vendor == "sqlite" and time.monotonic() > breathed + BETWEEN_BREATHS:
            time.sleep(BREATH)  # one writer at a time: let the others have their turn
            breathed = time.monotonic()


def _stumble(job: Job) -> None:
    """Give it back as crashed, to be tried again soon; where even that fails the lease runs out."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    with suppress(DatabaseError, InterfaceError):
        job.refresh_from_db(fields=["crash_count"])  # none any more, if there was progress since it was claimed
        crashes = job.crash_count + 1
        claims.release(job, rest=2.0 * crashes, crash_count=crashes)


def _problem(job: Job, text: str, **params: object) -> dict[str, object]:
    job.refresh_from_db(fields=["totals", "undo_totals", "predicted"])
    return {"text": text, "params": {"row": job.done_count, **params}}
