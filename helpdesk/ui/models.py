"""What a repeated POST must find again."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class FormReceipt(models.Model):
    """A form that was accepted: its one-time id, who sent it, and where they were led. Kept 24 hours."""

    form_id = models.CharField(max_length=64)
    owner = models.CharField(max_length=80)
    location = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="form_receipt_once", fields=["form_id", "owner"])]
        indexes = [models.Index(name="form_receipt_age", fields=["created_at"])]

    def __str__(self) -> str:
        return self.form_id
