"""Notes about a contact."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from contacts.models import Contact
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
    return get_object_or_404(Contact.objects.visible_to(request.user), pk=pk)
