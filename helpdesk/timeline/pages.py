"""What the doors to notes answer, whatever the notes are about: each room's views find the subject and ask here.

The URL names are the same in every room: `<app>:add_note`, `<app>:edit_note`, `<app>:delete_note`.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.timeline import actions
from helpdesk.timeline.actions import SubjectGone
from helpdesk.timeline.forms import NoteForm
from helpdesk.timeline.models import Note
from helpdesk.timeline.queries import Timeline
from helpdesk.ui.conflicts import EditConflict, differences, version_in
from helpdesk.users.access import SignedInRequest, refuse
from helpdesk.users.roles import Permission

PARTS = {"timeline-list": "timeline/_list.html", "timeline-older": "timeline/_events.html"}
"""What htmx may swap → what it gets."""

RESTORE_FIRST = gettext_lazy("It was deleted. Restore it to write notes.")
FOR_GOOD = gettext_lazy("It was deleted for good in the meantime. Copy what you typed if you need it elsewhere.")


def part(request: SignedInRequest, timeline: Timeline) -> HttpResponse | None:
    """The part of a profile's timeline that htmx asks for; None where the whole page is wanted."""
    template = PARTS.get(request.htmx.target or "") if request.htmx else None
    return render(request, template, {"timeline": timeline}) if template else None


def add(request: SignedInRequest, subject: models.Model) -> HttpResponse:
    """Add a note; what cannot be one is shown again on a page of its own, with the reason."""
    if actions.is_gone(subject) and request.method != "POST":
        messages.warning(request, RESTORE_FIRST)
        return _back(subject)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.add_note(subject, form.cleaned_data["text"], by=request.actor)
        except SubjectGone as gone:
            form.add_error(None, RESTORE_FIRST if gone.is_restorable else FOR_GOOD)
            return _page(request, subject, form, status=409)
        messages.success(request, _("The note was added."))
        return _back(subject)
    return _page(request, subject, form)


def edit(request: SignedInRequest, subject: models.Model, note_pk: int) -> HttpResponse:
    """Edit one's own note; somebody else's is nobody's."""
    note = get_object_or_404(Note.objects.about(subject).editable_by(request.user), pk=note_pk)
    form = NoteForm(request.POST if request.method == "POST" else None, initial={"text": note.text})
    if form.is_valid():
        try:
            actions.edit_note(
                note, form.cleaned_data["text"], about=subject, version=version_in(request), by=request.actor
            )
        except EditConflict:
            return _conflict(request, subject, note.pk, form)
        messages.success(request, _("Saved."))
        return _back(subject)
    return _page(request, subject, form, note=note)


def delete(request: SignedInRequest, subject: models.Model, note_pk: int) -> HttpResponse:
    """Ask, then delete; only some may delete what others wrote."""
    note = get_object_or_404(Note.objects.about(subject), pk=note_pk)
    if not Note.objects.deletable_by(request.user).filter(pk=note.pk).exists():
        return refuse(request, Permission.NOTE_DELETE_OTHERS)
    if request.method != "POST":
        return render(request, "timeline/delete_note.html", {"subject": subject, "note": note})
    actions.delete_note(note, about=subject, by=request.actor)
    messages.success(request, _("The note was deleted."))
    return _back(subject)


def _conflict(request: SignedInRequest, subject: models.Model, pk: int, form: NoteForm) -> HttpResponse:
    """The same page with both texts; nothing differs after a double click."""
    note = get_object_or_404(Note.objects.about(subject), pk=pk)
    found = differences(form, {"text": note.text})
    if not found:
        return _back(subject)
    return _page(request, subject, form, note=note, differences=found, status=409)


def _page(request: SignedInRequest, subject: models.Model, form: NoteForm, **more: Any) -> HttpResponse:
    status = more.pop("status", 422 if form.is_bound and form.errors else 200)
    return render(request, "timeline/note.html", {"subject": subject, "form": form, **more}, status=status)


def _back(subject: models.Model) -> HttpResponse:
    return redirect(f"{subject.get_absolute_url()}#timeline")  # type: ignore[attr-defined]
