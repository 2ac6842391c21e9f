"""Each worker process says every 5 s that it lives, and looks for work that a lost ring left: a dead scheduler stops nothing."""

from __future__ import annotations

import os
import socket
import threading
from datetime import timedelta
from typing import Any

from django.db import connections
from django.db.models.functions import Now

from helpdesk.workers import sweeping
from helpdesk.workers.models import Heartbeat

INTERVAL = 5.0  # seconds
SILENCE = timedelta(seconds=30)  # after which a worker counts as gone
FORGOTTEN = timedelta(days=1)


def start(**_signal: Any) -> None:
    """Begin in this process; Celery calls it in each child of a prefork pool."""
    threading.Thread(target=_go_on, name="pulse", daemon=True).start()


def start_where_nothing_forks(sender: Any, **_signal: Any) -> None:
    """Begin in a worker whose own process does the work (pools of threads)."""
    if "prefork" not in type(sender.pool).__module__:
        start()


def is_felt() -> bool:
    """Whether some worker gave a sign of life lately, by the database's clock."""
    return Heartbeat.objects.filter(beat_at__gt=Now() - SILENCE).exists()


def turn() -> None:
    """One sign of life and one sweep; what fails is logged, the next turn tries again."""
    try:
        sweeping.run_all({"workers.beat": beat, **sweeping.SWEEPS})
    finally:
        connections.close_all()  # this thread's own; an idle one would only grow stale


def beat() -> None:
    """Write this process's heartbeat."""
    worker = f"{socket.gethostname()}:{os.getpid()}"
    if not Heartbeat.objects.filter(worker=worker).update(beat_at=Now()):
        Heartbeat.objects.create(worker=worker, beat_at=Now(), started_at=Now())


def forget_the_gone() -> None:
    """Delete the heartbeats of workers silent for a day."""
    Heartbeat.objects.filter(beat_at__lt=Now() - FORGOTTEN).delete()


def _go_on() -> None:
    pause = threading.Event()
    while True:
        turn()
        pause.wait(INTERVAL)
