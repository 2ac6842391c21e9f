"""Doors for the scheduler."""

from __future__ import annotations

from celery import shared_task

from helpdesk.workers import sweeping


@shared_task
def sweep() -> None:
    sweeping.run_all(sweeping.SWEEPS)


@shared_task
def tidy() -> None:
    sweeping.run_all(sweeping.TIDIES)
