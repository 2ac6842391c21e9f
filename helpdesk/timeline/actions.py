"""What people do with notes. Each verb: one transaction, one line in the record of the note's subject."""

from __future__ import annotations

from collections.abc import Collection

from django.db import models, transaction
from django.utils import timezone

from helpdesk.audit.actions import record
from helpdesk.timeline.models import Note
from helpdesk.ui.conflicts import claim_version
from helpdesk.users.actors import Actor


@transaction.atomic
def add_note(subject: models.Model, text: str, *, by: Actor) -> Note:
    """Write `text` about the contact or company, under the actor's name."""
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


def erase_notes(kind: str, ids: Collection[int]) -> int:
    """For forgetting somebody: delete the notes about `ids` without a trace; how many there were."""
    return Note.objects.filter(about_kind=kind, about_id__in=ids).delete()[0]
