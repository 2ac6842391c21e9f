"""Notes about a contact."""

from __future__ import annotations

from django.http import HttpResponse

from contacts.models import Contact
from contacts.views.moved import survivor_for
from helpdesk.timeline import pages
from helpdesk.ui.once import once
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.roles import Permission


@allow(Permission.CONTACT_EDIT)
@once
def add_note(request: SignedInRequest, pk: int) -> HttpResponse:
    return pages.add(request, _contact(request, pk))


@allow(Permission.CONTACT_EDIT)
def edit_note(request: SignedInRequest, pk: int, note_pk: int) -> HttpResponse:
    return pages.edit(request, _contact(request, pk), note_pk)


@allow(Permission.CONTACT_EDIT)
def delete_note(request: SignedInRequest, pk: int, note_pk: int) -> HttpResponse:
    return pages.delete(request, _contact(request, pk), note_pk)


def _contact(request: SignedInRequest, pk: int) -> Contact:
    """Notes of somebody who was merged away are the survivor's by now, and so is one that is still being written."""
    return Contact.objects.visible_to(request.user).filter(pk=pk).first() or survivor_for(request, pk)
