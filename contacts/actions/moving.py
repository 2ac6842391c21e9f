"""What of the house follows a contact into a merge: letters and notes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import Count, Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.followers import Follower, register
from contacts.notices import CONTACT
from helpdesk.outbox.models import OutgoingEmail, State
from helpdesk.timeline.models import Note

CHUNK = 1000  # ids a statement


def register_all() -> None:
    """Called once, at the start."""
    register(
        Follower(
            name="letters",
            label=gettext_lazy("Emails"),
            counts=lambda ids: _counts(OutgoingEmail.objects.all(), ids),
            move=_move_letters,
            restore=lambda memo, source, holder: _restore(OutgoingEmail.objects.all(), memo, source, holder),
            erase=lambda ids: _about(OutgoingEmail.objects.all(), ids).delete()[0],
        )
    )
    register(
        Follower(
            name="notes",
            label=gettext_lazy("Notes"),
            counts=lambda ids: _counts(Note.objects.all(), ids),
            move=lambda source, to: _move(Note.objects.all(), source, to),
            restore=lambda memo, source, holder: _restore(Note.objects.all(), memo, source, holder),
            erase=lambda ids: _about(Note.objects.all(), ids).delete()[0],
        )
    )


def _move_letters(source: int, to: int) -> list[int]:
    """One that waits with a secret link for somebody who is merged away is not sent."""
    letters = _about(OutgoingEmail.objects.all(), [source])
    letters.filter(state__in=(State.QUEUED, State.CLAIMED)).exclude(link_purpose="").update(
        state=State.SKIPPED,
        reason=_("The contact has been merged into another in the meantime."),
        finished_at=timezone.now(),
        lease_until=None,
    )
    return _move(OutgoingEmail.objects.all(), source, to)


def _about(rows: QuerySet[Any], ids: Collection[int]) -> QuerySet[Any]:
    return rows.filter(about_kind=CONTACT, about_id__in=ids)


def _counts(rows: QuerySet[Any], ids: Collection[int]) -> Mapping[int, int]:
    return dict(_about(rows, ids).order_by().values_list("about_id").annotate(Count("pk")))


def _move(rows: QuerySet[Any], source: int, to: int) -> list[int]:
    moved = list(_about(rows, [source]).order_by("pk").values_list("pk", flat=True))
    for ids in _chunks(moved):
        rows.model._default_manager.filter(pk__in=ids).update(about_id=to)
    return moved


def _restore(rows: QuerySet[Model], memo: list[int], source: int, holder: int) -> int:
    """What is about somebody else by now, or gone, is left."""
    back = sum(_about(rows, [holder]).filter(pk__in=ids).update(about_id=source) for ids in _chunks(memo))
    return len(memo) - back


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
