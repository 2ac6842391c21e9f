"""Signs of life of the processes that work out of sight."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """One worker process on one host; `beat_at` by the database's clock, every 5 s while it lives."""

    worker = models.CharField(max_length=200)
    beat_at = models.DateTimeField()
    started_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="heartbeat_worker", fields=["worker"])]

    def __str__(self) -> str:
        return self.worker
