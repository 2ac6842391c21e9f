"""What was done with one thing, as its own page shows it: newest first, in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from helpdesk.audit.models import AuditEntry
from helpdesk.audit.wording import ACTIONS, FIELDS

NEWEST = 10


@dataclass(frozen=True)
class Change:
    """One field before and after; "" for nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Event:
    """One line of the history. `who` is "" for a visitor."""

    at: datetime
    who: str
    act: str
    changes: list[Change]


def history_of(thing: models.Model, *, newest: int = NEWEST) -> list[Event]:
    """The newest events of `thing`: one query."""
    entries = AuditEntry.objects.filter(target_kind=thing._meta.label_lower, target_id=thing.pk)
    return [event_of(entry) for entry in entries.order_by("-pk")[:newest]]


def event_of(entry: AuditEntry) -> Event:
    """The entry in words; an act nobody gave words to reads as its code."""
    changes = [
        Change(field_label(entry.target_kind, name), _readable(before), _readable(after))
        for name, (before, after) in entry.changes.items()
    ]
    return Event(entry.at, entry.actor_name, str(ACTIONS.get(entry.action, entry.action)), changes)


def field_label(kind: str, name: str) -> str:
    """What people call the field `name` of a "contacts.contact"."""
    if name in FIELDS:
        return str(FIELDS[name])
    try:
        return capfirst(str(apps.get_model(kind)._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
    except (LookupError, ValueError, FieldDoesNotExist, AttributeError):
        return name


def _readable(value: Any) -> str:
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
