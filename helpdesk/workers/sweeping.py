"""What the sweeper does at each round, and at each hour. Rooms register plain functions in `ready()`."""

from __future__ import annotations

from collections.abc import Callable

import structlog

log = structlog.get_logger("helpdesk.workers")

Chore = Callable[[], object]

SWEEPS: dict[str, Chore] = {}
"""Every 5 s in each worker: find due or stuck rows and ring for them. Quick, idempotent."""

TIDIES: dict[str, Chore] = {}
"""Every hour: delete what has had its time."""


def register_sweep(name: str, chore: Chore) -> None:
    SWEEPS[name] = chore


def register_tidy(name: str, chore: Chore) -> None:
    TIDIES[name] = chore


def run_all(chores: dict[str, Chore]) -> None:
    """Do each chore; one that fails is logged and stops no other."""
    for name, chore in chores.items():
        try:
            chore()
        except Exception:
            log.exception("chore_failed", chore=name)
