"""Doors for Celery: the bell rings, waiting letters go out."""

from __future__ import annotations

from celery import shared_task

from helpdesk.workers.bell import ring


@shared_task
def deliver() -> None:
    """Send what is due; ring again while more is."""
    from helpdesk.outbox.delivery import deliver_due

    if deliver_due():
        ring(deliver)
