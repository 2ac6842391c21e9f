"""Doors for Celery: the bell rings, a job goes on for some seconds."""

from __future__ import annotations

from celery import shared_task

from helpdesk.workers.bell import ring


@shared_task
def run(job_id: int, epoch: int) -> None:
    """Work on the job if it still stands at `epoch`, so that repeated rings work once; ring again while more is to do."""
    from helpdesk.jobs import engine

    if next_epoch := engine.run(job_id, epoch):
        ring(run, job_id, next_epoch)
