"""The programs of the helpdesk as command lines, the same for `up` and for production."""

from __future__ import annotations

import sys
from pathlib import Path

from helpdesk.running.children import Program
from helpdesk.running.ports import bracketed

THREADS = 4


def web(*, host: str, port: int, processes: int) -> Program:
    """The web server. Client addresses and schemes from headers are Django's business, by a configured count."""
    return Program(
        "web",
        (
            *(sys.executable, "-m", "gunicorn", "helpdesk.wsgi:application", "--bind", f"{bracketed(host)}:{port}"),
            *("--worker-class", "gthread", "--workers", str(processes), "--threads", str(THREADS)),
            *("--timeout", "60", "--graceful-timeout", "8", "--log-level", "warning"),
            *("--no-control-socket", "--forwarded-allow-ips", ""),
        ),
    )


def worker(*, processes: int, beat_schedule: Path | None) -> Program:
    """The background worker; with `beat_schedule` the scheduler lives inside it (one worker only)."""
    beat = () if beat_schedule is None else ("--beat", "--schedule", str(beat_schedule))
    return Program(
        "worker",
        (
            *(*_celery("worker"), "--pool", "prefork", "--concurrency", str(processes)),
            *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "warning"),
            *beat,
        ),
    )


def scheduler(*, beat_schedule: Path) -> Program:
    """The scheduler as a process of its own: exactly one, however many workers."""
    return Program(
        "scheduler", (*_celery("beat"), "--schedule", str(beat_schedule), "--loglevel", "warning", "--pidfile", "")
    )


def _celery(what: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "celery", "--app", "helpdesk", "--quiet", what)
