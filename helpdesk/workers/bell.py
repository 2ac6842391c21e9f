"""The doorbell: tells a worker that a row waits. It never blocks, never raises, and nothing depends on it."""

from __future__ import annotations

from functools import partial
from typing import Any

import structlog
from celery import Task
from django.db import transaction

from helpdesk.workers.faultpoints import faultpoint

FADES_AFTER = 60  # seconds

log = structlog.get_logger("helpdesk.workers")


def ring_on_commit(task: Task[Any, Any], *ids: int) -> None:
    """Ring once this transaction is committed; the sweeper finds what a lost ring left."""
    transaction.on_commit(partial(_ring_committed, task, *ids), robust=True)


def ring(task: Task[Any, Any], *ids: int) -> bool:
    """Ring now. False when the broker could not be reached in half a second.

    A ring that nobody hears for a minute is void, so that they do not pile up: the sweeper has rung again by then.
    """
    try:
        task.apply_async(args=ids, retry=False, ignore_result=True, expires=FADES_AFTER)
    except Exception as error:  # whatever a broker's client throws: the row is written, the sweeper will find it
        log.warning("bell_not_heard", task=task.name, error=str(error))
        return False
    return True


def _ring_committed(task: Task[Any, Any], *ids: int) -> None:
    faultpoint("bell.committed")
    ring(task, *ids)
