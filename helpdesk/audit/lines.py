"""A line of the log as people read it: who did what to whom, and what changed from what to what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.audit.models import AuditEntry
from helpdesk.audit.wording import ACTIONS, ASKED, FIELDS, TARGETS, TargetWords, Words

SYSTEMS = {
    "command": gettext_lazy("command line"),
    "mail": gettext_lazy("incoming mail"),
    "schedule": gettext_lazy("schedule"),
    "demo": gettext_lazy("demo data"),
}

SHORT = 200  # characters


@dataclass(frozen=True)
class Change:
    """One field, before and after as text; "" for an empty value."""

    label: str
    before: str
    after: str

    @property
    def short_before(self) -> str:
        return _cut(self.before)

    @property
    def short_after(self) -> str:
        return _cut(self.after)


@dataclass(frozen=True)
class Line:
    """One entry in words. `noun` and `url` are of its target, "" where its kind has none."""

    entry: AuditEntry
    who: str
    did: Words
    noun: Words
    url: str
    changes: list[Change]

    @property
    def is_by_system(self) -> bool:
        return self.entry.actor_kind == AuditEntry.ActorKind.SYSTEM

    @property
    def is_own(self) -> bool:
        """Whether somebody did it to themselves: the target need not be named again."""
        return self.entry.target_kind == "users.user" and self.entry.target_id == self.entry.actor_id


def lines(entries: Iterable[AuditEntry]) -> list[Line]:
    return [line(entry) for entry in entries]


def line(entry: AuditEntry) -> Line:
    words = TARGETS.get(entry.target_kind, TargetWords(""))
    return Line(
        entry=entry,
        who=_who(entry),
        did=_did(entry),
        noun=words.noun,
        url=_url(words.url_name, entry.target_id),
        changes=[_change(entry.target_kind, name, pair) for name, pair in entry.changes.items()],
    )


def _did(entry: AuditEntry) -> Words:
    words = ACTIONS.get(entry.action, entry.action)
    return ASKED.get(entry.action, words) if entry.actor_kind == AuditEntry.ActorKind.VISITOR else words


def _cut(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"


def _who(entry: AuditEntry) -> str:
    if entry.actor_kind == AuditEntry.ActorKind.SYSTEM:
        return str(SYSTEMS.get(entry.actor_name, entry.actor_name))
    return entry.actor_name


def _url(name: str, pk: int | None) -> str:
    if not name or pk is None:
        return ""
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""


def _change(kind: str, name: str, pair: list[Any]) -> Change:
    field = _field(kind, name)
    before, after = pair
    return Change(_label(name, field), _shown(before, name, field), _shown(after, name, field))


def _field(kind: str, name: str) -> models.Field[Any, Any] | None:
    """The model's field of this name; None for changes that are none, and for models that are gone."""
    try:
        field = apps.get_model(kind)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return field if isinstance(field, models.Field) else None


def _label(name: str, field: models.Field[Any, Any] | None) -> str:
    if name in FIELDS:
        return str(FIELDS[name])
    return capfirst(str(field.verbose_name)) if field is not None else capfirst(name.replace("_", " "))


def _shown(value: Any, name: str, field: models.Field[Any, Any] | None) -> str:
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(_shown(item, name, field) for item in value)
    return _worded(value, name, field)


def _worded(value: Any, name: str, field: models.Field[Any, Any] | None) -> str:
    choices = dict(settings.LANGUAGES) if name == "language" else dict(getattr(field, "flatchoices", ()))
    if value in choices:
        return str(choices[value])
    moment = parse_datetime(value) if isinstance(field, models.DateTimeField) and isinstance(value, str) else None
    return _listed(moment) if moment else str(value)


def _listed(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "Y-m-d H:i")
