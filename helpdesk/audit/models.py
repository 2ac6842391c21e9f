"""Who did what, when. Targets are named, not linked, so the record outlives them (PRODUCT 3.12)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Strand(models.TextChoices):
    """Which part of the record a line belongs to.

    `told` lines tell what a row of another table tells better (a letter, a note); `access` says who looked.
    """

    CHANGE = "change", _("Changes")
    SIGN_IN = "signin", _("Sign-ins")
    TOLD = "told", _("Told elsewhere")
    ACCESS = "access", _("Views, searches and downloads")


class AuditEntry(models.Model):
    """`changes` maps a field to `[before, after]`; `target_kind` and `target_id` name what was acted on.

    `is_event`: the timeline of its target shows it (strands change and signin). `is_passing`: deleted once it has been
    kept long enough (`retention`). `once_key`: of two lines with the same key the second is not written.
    """

    class ActorKind(models.TextChoices):
        PERSON = "person", _("Person")
        VISITOR = "visitor", _("Visitor")
        SYSTEM = "system", _("System")

    at = models.DateTimeField(default=timezone.now)
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor_name = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=60)
    strand = models.CharField(max_length=10, choices=Strand, default=Strand.CHANGE)
    is_event = models.BooleanField(default=True)
    is_passing = models.BooleanField(default=False)
    target_kind = models.CharField(max_length=40, blank=True)
    target_id = models.BigIntegerField(null=True, blank=True)
    target_name = models.CharField(max_length=254, blank=True)
    changes = models.JSONField(default=dict, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    once_key = models.CharField(max_length=120, null=True, blank=True, editable=False)  # noqa: DJ001 (unique where given)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="audit_once", fields=["once_key"], condition=Q(once_key__isnull=False)),
        ]
        indexes = [
            models.Index(name="audit_newest", fields=["-at", "-id"]),
            models.Index(name="audit_target", fields=["target_kind", "target_id", "-id"]),
            # A timeline begins anywhere in what happened to one thing: all of it, or one strand.
            models.Index(
                name="audit_events", fields=["target_kind", "target_id", "-at", "-id"], condition=Q(is_event=True)
            ),
            models.Index(name="audit_strand", fields=["target_kind", "target_id", "strand", "-at", "-id"]),
            models.Index(name="audit_passing", fields=["at"], condition=Q(is_passing=True)),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.target_name}"
