"""What was done with one thing, as its own page shows it."""

from __future__ import annotations

from collections.abc import Collection

from django.db import models

from helpdesk.audit.lines import Line, lines
from helpdesk.audit.models import AuditEntry

NEWEST = 10


def history_of(thing: models.Model, *, newest: int = NEWEST) -> list[Line]:
    """The newest lines about `thing`, newest first, for `audit/_history.html`: one query."""
    entries = AuditEntry.objects.filter(target_kind=thing._meta.label_lower, target_id=thing.pk)
    return lines(entries.order_by("-pk")[:newest])


def count_of(kind: str, ids: Collection[int]) -> int:
    """How many lines are about these."""
    return AuditEntry.objects.filter(target_kind=kind, target_id__in=ids).count()
