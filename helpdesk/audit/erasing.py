"""Forgetting somebody: lines stay, "[erased]" stands in them where names, addresses and values stood."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from helpdesk.audit.models import AuditEntry
from helpdesk.users.erasing import ERASED, Traces, in_json, scrubbed, strings_in

MOST_AT_ONCE = 500  # ids a statement
USER = "users.user"


def erase(traces: Traces) -> None:
    """Lines about them and by them, searches for them, and lines about others that name them or their addresses."""
    mine = Q(target_kind=traces.kind, target_id__in=traces.ids) | Q(target_kind=USER, target_id__in=traces.users)
    theirs = Q(actor_kind=AuditEntry.ActorKind.PERSON, actor_id__in=traces.users)
    blank(AuditEntry.objects.filter(mine))
    AuditEntry.objects.filter(mine, actor_kind=AuditEntry.ActorKind.VISITOR).update(ip=None)
    AuditEntry.objects.filter(theirs).update(actor_name=ERASED, actor_id=None, ip=None, once_key=None)
    _erase_searches(traces)
    _erase_naming(traces)
    _erase_emails(traces)


def blank(entries: QuerySet[AuditEntry]) -> None:
    """Keep who did what when; not to whom, nor from what to what. Few statements, however many lines."""
    shapes: dict[str, list[int]] = defaultdict(list)
    for pk, changes in entries.order_by("pk").values_list("pk", "changes").iterator():
        shapes[json.dumps(blanked(changes))].append(pk)
    entries.exclude(target_name=ERASED).update(target_name=ERASED)
    for shape, ids in shapes.items():
        _put(json.loads(shape), ids)


def blanked(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Which fields changed, and whether from nothing or to nothing."""
    return {
        name: [ERASED if value not in (None, "", []) else value for value in pair] for name, pair in changes.items()
    }


def _put(changes: dict[str, list[Any]], ids: list[int]) -> None:
    for start in range(0, len(ids), MOST_AT_ONCE):
        AuditEntry.objects.filter(pk__in=ids[start : start + MOST_AT_ONCE]).update(changes=changes)


def _erase_searches(traces: Traces) -> None:
    wanted = _any_of("target_name", traces.words)
    found = AuditEntry.objects.filter(wanted, action="access.search") if wanted else AuditEntry.objects.none()
    ids = [pk for pk, search in found.order_by("pk").values_list("pk", "target_name") if traces.are_in(search)]
    for start in range(0, len(ids), MOST_AT_ONCE):
        AuditEntry.objects.filter(pk__in=ids[start : start + MOST_AT_ONCE]).update(target_name=ERASED)


def _erase_naming(traces: Traces) -> None:
    """Lines about others, of acts that join or part people: all that such a line says may be this person's."""
    for entry in _mentioning(traces.words).filter(action__in=traces.naming):
        if set(strings_in(entry.changes)) & {*traces.names, *traces.emails}:
            AuditEntry.objects.filter(pk=entry.pk).update(changes=blanked(entry.changes))


def _erase_emails(traces: Traces) -> None:
    """An address is one person's: wherever it stands, it goes. (Names and phones may be somebody else's as well.)"""
    for entry in _mentioning(traces.emails):
        name = ERASED if traces.has_address(entry.target_name) else entry.target_name
        changes = scrubbed(entry.changes, traces.has_address)
        AuditEntry.objects.filter(pk=entry.pk).update(target_name=name, changes=changes)


def _mentioning(words: Iterable[str]) -> QuerySet[AuditEntry]:
    """Lines in whose name or changes one of `words` stands; none for none."""
    words = list(words)
    written = [
        in_json(word) if connection.vendor == "sqlite" else json.dumps(word, ensure_ascii=False)[1:-1] for word in words
    ]
    wanted = _any_of("target_name", words) | _any_of("told", written)
    lines = AuditEntry.objects.annotate(told=Cast("changes", TextField()))
    return lines.filter(wanted).order_by("pk") if words else lines.none()


def _any_of(field: str, words: Iterable[str]) -> Q:
    wanted = Q()
    for word in words:
        wanted |= Q(**{f"{field}__icontains": word})
    return wanted
