"""Finding lines of the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from helpdesk.audit.models import AuditEntry, Strand
from helpdesk.ui.paging import Order

EVERYTHING = "everything"
NEWEST = Order("newest", "at", descending=True, is_moment=True)


@dataclass(frozen=True, kw_only=True)
class Search:
    """What a reader of the log looks for; days are whole days in the reader's time zone, both included.

    `who` and `about` are parts of the actor's and the target's name; `group` is the first half of an action, "" for all
    but views, searches and downloads (far more than everything else), EVERYTHING for these, too.
    """

    who: str = ""
    group: str = ""
    kind: str = ""
    about: str = ""
    first_day: date | None = None
    last_day: date | None = None


def entries(search: Search) -> QuerySet[AuditEntry]:
    """The lines that match all that was given; `page_of` sorts them."""
    found = AuditEntry.objects.all() if search.group else AuditEntry.objects.exclude(strand=Strand.ACCESS)
    wanted = {
        "actor_name__icontains": search.who,
        "action__startswith": "" if search.group in ("", EVERYTHING) else f"{search.group}.",
        "target_kind": search.kind,
        "target_name__icontains": search.about,
        "at__gte": search.first_day and _start_of(search.first_day),
        "at__lt": search.last_day and _start_of(search.last_day + timedelta(days=1)),
    }
    return found.filter(**{lookup: value for lookup, value in wanted.items() if value})


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
