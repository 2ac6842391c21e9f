"""What people do with notes. Each verb: one transaction, one line in the record of the note's subject."""

from __future__ import annotations

from collections.abc import Collection

from django.db import models, transaction
from django.utils import timezone

from helpdesk.audit.actions import record
from helpdesk.timeline.models import Note
from helpdesk.ui.conflicts import claim_version
from helpdesk.users.actors import Actor


class SubjectGone(Exception):
    """What the note was to be about was deleted meanwhile. `is_restorable`: softly, so it can be brought back."""

    def __init__(self, *, is_restorable: bool) -> None:
        super().__init__(is_restorable)
        self.is_restorable = is_restorable


def add_note(subject: models.Model, text: str, *, by: Actor) -> Note:
    """Write `text` about the contact or company, under the actor's name; raises SubjectGone.

    Whoever was merged away meanwhile is the survivor by now: so the note is about that one.
    """
    while True:
        try:
            return _write(subject, text, by=by)
        except _MergedAway as moved:  # its transaction is over: one row is held at a time, so nobody waits in a circle
            subject = moved.survivor


@transaction.atomic
def _write(subject: models.Model, text: str, *, by: Actor) -> Note:
    subject = _held(subject)
    note = Note.objects.create(
        about_kind=subject._meta.label_lower,
        about_id=subject.pk,
        text=text,
        author_id=by.user.pk if by.user else None,
        author_name=by.name[:200],
    )
    record("note.add", subject, changes={"note": (None, text)}, by=by)
    return note


@transaction.atomic
def edit_note(note: Note, text: str, *, about: models.Model, version: int, by: Actor) -> None:
    """Replace the text of the note as it was at `version`; raises EditConflict when it has moved on or is gone."""
    claim_version(note, version)
    if text == note.text:
        return
    before, note.text, note.edited_at = note.text, text, timezone.now()
    note.save(update_fields=["text", "edited_at"])
    record("note.edit", about, changes={"note": (before, text)}, by=by)


@transaction.atomic
def delete_note(note: Note, *, about: models.Model, by: Actor) -> None:
    """Of two at once one deletes; the record keeps what the note said."""
    if Note.objects.filter(pk=note.pk).delete()[0]:
        record("note.delete", about, changes={"note": (note.text, None)}, by=by)


class _MergedAway(Exception):
    def __init__(self, survivor: models.Model) -> None:
        super().__init__(survivor)
        self.survivor = survivor


def _held(subject: models.Model) -> models.Model:
    """The subject as it stands, its row kept until the transaction ends: merging, deleting and undoing wait for that."""
    rows = type(subject)._default_manager.select_for_update(no_key=True, of=("self",))
    found = rows.filter(pk=subject.pk).first()
    if survivor := getattr(found, "merged_into", None):
        raise _MergedAway(survivor)
    if found is None or is_gone(found):
        raise SubjectGone(is_restorable=found is not None and getattr(found, "forgotten_at", None) is None)
    return found


def is_gone(subject: models.Model) -> bool:
    return getattr(subject, "deleted_at", None) is not None


def erase_notes(kind: str, ids: Collection[int]) -> int:
    """For forgetting somebody: delete the notes about `ids` without a trace; how many there were."""
    return Note.objects.filter(about_kind=kind, about_id__in=ids).delete()[0]
