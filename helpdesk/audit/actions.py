"""Writing the record. Called by every verb, inside its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.encoding import force_str

from helpdesk.audit.models import AuditEntry, Strand
from helpdesk.audit.wording import PASSING, STRANDS
from helpdesk.users.actors import Actor

Changes = Mapping[str, tuple[Any, Any]]
"""Field name → (before, after)."""


@dataclass(frozen=True)
class Target:
    """What was acted on, by name."""

    kind: str
    id: int | None
    name: str

    @classmethod
    def of(cls, thing: models.Model) -> Target:
        return cls(kind=thing._meta.label_lower, id=thing.pk, name=str(thing))


@dataclass(frozen=True)
class Entry:
    """One line of the log, before it is written. `at` None: it happened now."""

    action: str
    target: models.Model | Target
    changes: Changes = field(default_factory=dict)
    at: datetime | None = None


def record(action: str, target: models.Model | Target, *, changes: Changes | None = None, by: Actor) -> AuditEntry:
    """Write one line: `action` is "noun.verb", e.g. "contact.block"."""
    (entry,) = record_all([Entry(action, target, changes or {})], by=by)
    return entry


def record_all(entries: Iterable[Entry], *, by: Actor) -> list[AuditEntry]:
    """Write many lines with one statement."""
    return AuditEntry.objects.bulk_create([row_of(entry, by) for entry in entries])


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields of `after` that differ from `before`, as `changes`."""
    return {name: (before.get(name), value) for name, value in after.items() if before.get(name) != value}


def row_of(entry: Entry, by: Actor) -> AuditEntry:
    """The line, not yet written."""
    strand = STRANDS.get(entry.action, Strand.CHANGE)
    target = entry.target if isinstance(entry.target, Target) else Target.of(entry.target)
    return AuditEntry(
        at=entry.at or timezone.now(),
        actor_kind=by.kind,
        actor_id=by.user.pk if by.user else None,
        actor_name=by.name[:200],
        action=entry.action,
        strand=strand,
        is_event=strand in (Strand.CHANGE, Strand.SIGN_IN),
        is_passing=entry.action in PASSING,
        target_kind=target.kind,
        target_id=target.id,
        target_name=target.name[:254],
        changes={name: [_plain(before), _plain(after)] for name, (before, after) in entry.changes.items()},
        ip=by.ip,
        request_id=by.request_id,
    )


def _plain(value: Any) -> Any:
    """`value` as JSON keeps it: models by name, moments as ISO 8601."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple | set):
        return [_plain(item) for item in value]
    return _encoded(value)


def _encoded(value: Any) -> str:
    try:
        return str(DjangoJSONEncoder().default(value))
    except TypeError:
        return force_str(value)
