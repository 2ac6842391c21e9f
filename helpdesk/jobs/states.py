"""What a job may be, and what may become of it: the whole table on one screen (RELIABILITY "Jobs")."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    """draft → reviewing → reviewed → queued → running ⇄ paused → done | failed | cancelled → undoing → undone."""

    DRAFT = "draft", _("Draft")
    REVIEWING = "reviewing", _("Being reviewed")
    REVIEWED = "reviewed", _("Reviewed")
    QUEUED = "queued", pgettext_lazy("job", "Queued")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    UNDOING = "undoing", _("Being undone")
    DONE = "done", pgettext_lazy("job", "Done")
    FAILED = "failed", pgettext_lazy("job", "Failed")
    CANCELLED = "cancelled", pgettext_lazy("job", "Cancelled")
    UNDONE = "undone", _("Undone")


ALLOWED: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.REVIEWING, State.QUEUED, State.CANCELLED}),
    State.REVIEWING: frozenset({State.REVIEWED, State.FAILED, State.CANCELLED}),
    State.REVIEWED: frozenset({State.REVIEWING, State.QUEUED, State.CANCELLED}),
    State.QUEUED: frozenset({State.RUNNING, State.PAUSED, State.CANCELLED}),
    State.RUNNING: frozenset({State.PAUSED, State.DONE, State.FAILED, State.CANCELLED}),
    State.PAUSED: frozenset({State.QUEUED, State.CANCELLED}),
    State.UNDOING: frozenset({State.UNDONE, State.FAILED}),
    State.DONE: frozenset({State.UNDOING}),
    State.FAILED: frozenset({State.QUEUED, State.UNDOING, State.REVIEWING}),
    State.CANCELLED: frozenset({State.QUEUED, State.UNDOING, State.REVIEWING}),
    State.UNDONE: frozenset(),
}

WORKED_ON = (State.REVIEWING, State.RUNNING, State.UNDOING)
"""A worker holds a lease, or should."""

HOLDING = (State.RUNNING, State.UNDOING)
"""Only these keep others of the same slot waiting."""

FINAL = (State.DONE, State.FAILED, State.CANCELLED, State.UNDONE)
UNDER_WAY = (State.REVIEWING, State.QUEUED, State.RUNNING, State.PAUSED, State.UNDOING)


def sources_of(state: State) -> list[State]:
    """From which states `state` may be entered."""
    return [source for source, targets in ALLOWED.items() if state in targets]
