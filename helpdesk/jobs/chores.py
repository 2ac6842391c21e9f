"""What the sweeper does for jobs: rings for what waits, forgets the rows of what ended long ago."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from functools import reduce
from operator import or_

import structlog
from django.db import connection, connections
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from helpdesk.jobs import engine
from helpdesk.jobs.models import Job, JobRow, JobTarget, JobTargetBlock
from helpdesk.jobs.states import FINAL
from helpdesk.jobs.tasks import run
from helpdesk.ui.house import house
from helpdesk.workers.bell import ring

AT_ONCE = 20
ROWS_AT_ONCE = 5000
KEPT = (JobRow, JobTarget, JobTargetBlock)
INTERVAL = 5.0  # seconds between two looks of a web process whose visitors watch jobs

log = structlog.get_logger("helpdesk.jobs")
_helper: threading.Thread | None = None
_watcher: threading.Thread | None = None
_looked = 0.0


def ring_for_waiting() -> None:
    """Ring for jobs that may go on; where nobody hears the bell, work on them from here."""
    for pk, epoch in Job.objects.waiting().values_list("pk", "epoch")[:AT_ONCE]:
        if not ring(run, pk, epoch):
            _work_aside()
            return


def tidy() -> int:
    """Delete the rows of jobs that ended longer ago than the settings keep them; what they add up to stays."""
    ended = Job.objects.filter(state__in=FINAL, finished_at__lt=Now() - timedelta(days=house().job_row_days))
    has_rows = (Q(Exists(rows.objects.filter(job=OuterRef("pk")))) for rows in KEPT)
    old = ended.filter(reduce(or_, has_rows))
    return sum(_forget_rows(job) for job in list(old.order_by("pk")[:AT_ONCE]))


def _forget_rows(job: Job) -> int:
    """In parts, each with a transaction of its own: a million rows must not hold anybody up."""
    done = 0
    for rows in (kept.objects.filter(job=job) for kept in KEPT):
        while numbers := list(rows.order_by("number").values_list("number", flat=True)[:ROWS_AT_ONCE]):
            done += rows.filter(number__lte=numbers[-1]).delete()[0]
    return done


def look_in() -> None:
    """While somebody watches jobs, their web process sweeps too, beside the request."""
    global _looked, _watcher  # noqa: PLW0603 (the process has one)
    is_early = time.monotonic() - _looked < INTERVAL
    if is_early or connection.in_atomic_block or (_watcher and _watcher.is_alive()):
        return
    _looked = time.monotonic()
    _watcher = threading.Thread(target=_look, name="jobs-watch", daemon=True)
    _watcher.start()


def _look() -> None:
    try:
        for pk, epoch in Job.objects.waiting().values_list("pk", "epoch")[:AT_ONCE]:
            if not ring(run, pk, epoch):
                return
    except Exception:
        log.exception("job_look_failed")
    finally:
        connections.close_all()


def _work_aside() -> None:
    """In a thread of its own, one at a time: the sweeper must go on giving signs of life."""
    global _helper  # noqa: PLW0603 (the process has one)
    if _helper is None or not _helper.is_alive():
        _helper = threading.Thread(target=_work_once, name="jobs", daemon=True)
        _helper.start()


def _work_once() -> None:
    try:
        for pk, epoch in Job.objects.waiting().values_list("pk", "epoch")[:AT_ONCE]:
            engine.run(pk, epoch)
    except Exception:
        log.exception("job_aside_failed")
    finally:
        connections.close_all()
