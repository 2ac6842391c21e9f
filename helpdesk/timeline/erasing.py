"""Forgetting somebody: notes they wrote themselves, when they worked here, stay without their name."""

from __future__ import annotations

from helpdesk.timeline.models import Note
from helpdesk.users.erasing import ERASED, Traces


def erase(traces: Traces) -> None:
    """Notes about them follow them (`contacts.actions.moving`)."""
    Note.objects.filter(author_id__in=traces.users).update(author_id=None, author_name=ERASED)
