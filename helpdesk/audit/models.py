"""Who did what, when. Targets are named, not linked, so the record outlives them (PRODUCT 3.12)."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """`changes` maps a field to `[before, after]`; `target_kind` and `target_id` name what was acted on."""

    class ActorKind(models.TextChoices):
        PERSON = "person", _("Person")
        VISITOR = "visitor", _("Visitor")
        SYSTEM = "system", _("System")

    at = models.DateTimeField(default=timezone.now)
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor_name = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=40, blank=True)
    target_id = models.BigIntegerField(null=True, blank=True)
    target_name = models.CharField(max_length=254, blank=True)
    changes = models.JSONField(default=dict, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(name="audit_newest", fields=["-at", "-id"]),
            models.Index(name="audit_target", fields=["target_kind", "target_id", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.target_name}"
