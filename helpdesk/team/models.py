"""What somebody at a door asked for."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class LinkRequest(models.Model):
    """Somebody who cannot get in asked for an email; a worker answers it and deletes the row.

    So the page answers every address after the same work, and says nothing by its speed.
    """

    email = models.CharField(max_length=254)
    ip = models.GenericIPAddressField(null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(name="team_link_request_age", fields=["created_at"])]

    def __str__(self) -> str:
        return self.email
