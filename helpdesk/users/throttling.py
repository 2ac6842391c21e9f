"""Limits on what can be tried, counted in the database: a flushed or frozen Redis opens no door."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from helpdesk.users.models import Tally


@dataclass(frozen=True)
class Limit:
    """At most `count` tries of `action` per subject within `seconds` of the first."""

    action: str
    count: int
    seconds: int


Tries = list[tuple[Limit, str]]
_NOTED: ContextVar[Tries | None] = ContextVar("noted_tries", default=None)


@contextmanager
def noted() -> Iterator[Tries]:
    """The tries counted within, for whoever takes back what was written meanwhile: see `count_again`."""
    tries: Tries = []
    token = _NOTED.set(tries)
    try:
        yield tries
    finally:
        _NOTED.reset(token)


def count_again(tries: Tries) -> None:
    """Count what a rolled back transaction had counted: a try that was refused was a try."""
    for limit, subject in tuple(tries):
        tried(limit, subject)


def consume(limit: Limit, subject: str) -> bool:
    """Count one more try; False when it is over the limit. Concurrent tries are each counted."""
    return tried(limit, subject) <= limit.count


@transaction.atomic
def tried(limit: Limit, subject: str) -> int:
    """Count one more try and return how many there were in this window."""
    now = timezone.now()
    row, _ = Tally.objects.select_for_update().get_or_create(
        action=limit.action, subject=_digest(subject), defaults={"started_at": now}
    )
    if row.started_at <= now - timedelta(seconds=limit.seconds):
        row.started_at, row.count = now, 0
    row.count += 1
    row.save(update_fields=["started_at", "count"])
    if (tries := _NOTED.get()) is not None:
        tries.append((limit, subject))
    return row.count


def is_used_up(limit: Limit, *subjects: str) -> bool:
    """Whether the next try of any of these would be refused: one query. Counts nothing."""
    since = timezone.now() - timedelta(seconds=limit.seconds)
    return Tally.objects.filter(
        action=limit.action, subject__in=map(_digest, subjects), started_at__gt=since, count__gte=limit.count
    ).exists()


def used_up_until(limit: Limit, *subjects: str) -> datetime | None:
    """When the last of these that is used up may try again; None where none is. One query, counts nothing."""
    window = timedelta(seconds=limit.seconds)
    started = (
        Tally.objects.filter(
            action=limit.action,
            subject__in=map(_digest, subjects),
            started_at__gt=timezone.now() - window,
            count__gte=limit.count,
        )
        .order_by("-started_at")
        .values_list("started_at", flat=True)
        .first()
    )
    return started + window if started else None


def give_back(limit: Limit, subject: str) -> None:
    """Take one try back: it succeeded."""
    if (tries := _NOTED.get()) and (limit, subject) in tries:
        tries.remove((limit, subject))
    Tally.objects.filter(action=limit.action, subject=_digest(subject), count__gt=0).update(count=F("count") - 1)


def forget(limit: Limit, *subjects: str) -> int:
    """Let them try as if they never had; returns how many of them had."""
    return Tally.objects.filter(action=limit.action, subject__in=map(_digest, subjects)).delete()[0]


def tidy() -> int:
    """Delete tallies nobody can be held to any more; the longest window is a day."""
    return Tally.objects.filter(started_at__lt=timezone.now() - timedelta(days=2)).delete()[0]


def _digest(subject: str) -> str:
    return hashlib.sha256(subject.encode("utf-8", "replace")).hexdigest()
