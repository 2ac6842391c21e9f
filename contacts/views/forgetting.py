"""What is known about a contact, in the contact's interest: downloaded whole, deleted forever."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from contacts.actions.forgetting import counts_of, family_of, why_not
from contacts.actions.forgetting import forget_contact as forget
from contacts.actions.signins import Refused
from contacts.forms.forgetting import ForgetForm
from contacts.models import Contact
from contacts.notices import CONTACT
from contacts.queries.everything import everything_about
from contacts.wording import counted
from helpdesk.audit.history import count_of
from helpdesk.audit.reading import note_download
from helpdesk.ui.conflicts import EditConflict, version_in
from helpdesk.ui.once import once
from helpdesk.ui.zipping import zipped
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.roles import Permission


@allow(Permission.CONTACT_FORGET)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def forget_contact(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what will be gone, ask for the name, and delete the contact forever."""
    contact = get_object_or_404(Contact.objects.visible_to(request.user).select_related("user"), pk=pk)
    form = ForgetForm(request.POST if request.method == "POST" else None, contact=contact)
    if form.is_valid():
        try:
            forget(contact, version=version_in(request), by=request.actor)
        except Refused as refused:
            form.add_error(None, refused.reason)
        except EditConflict:
            return _ask(request, pk, form, status=409)
        else:
            messages.success(request, _("Contact #%(number)s was deleted forever.") % {"number": pk})
            return redirect(f"{reverse('contacts:list')}?view=deleted")
    return _ask(request, pk, form, status=422 if form.errors else 200)


@allow(Permission.CONTACT_DOWNLOAD)
@require_POST
def download_contact(request: SignedInRequest, pk: int) -> StreamingHttpResponse:
    """Everything about the contact as a zip, made while it is sent; the log says who took it."""
    contact = get_object_or_404(Contact.objects.visible_to(request.user).select_related("company"), pk=pk)
    note_download(contact, by=request.actor)
    parts = _in_words_of_reader(zipped(everything_about(contact)), translation.get_language() or "en")
    response = StreamingHttpResponse(parts, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="contact-{contact.pk}.zip"'
    return response


def _in_words_of_reader(parts: Iterator[bytes], language: str) -> Iterator[bytes]:
    """By the time an answer is streamed, the request's language and time zone are gone."""
    zone = timezone.get_current_timezone()

    def spoken() -> Iterator[bytes]:
        with translation.override(language), timezone.override(zone):
            yield from parts

    return spoken()


def _ask(request: SignedInRequest, pk: int, form: ForgetForm, *, status: int) -> HttpResponse:
    """As the contact stands now, so that what is read is what goes."""
    contact = get_object_or_404(Contact.objects.visible_to(request.user).select_related("user"), pk=pk)
    ids = family_of(contact)
    context = {
        "contact": contact,
        "form": form,
        "reason": why_not(contact),
        "emails": [address.email for address in contact.addresses.all()],
        "merged": len(ids) - 1,
        "followers": [counted(*one) for one in counts_of(ids)],
        "lines": count_of(CONTACT, ids),
        "was_changed": status == 409,
    }
    return render(request, "contacts/forget.html", context, status=status)
