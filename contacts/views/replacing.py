"""Replace a contact's email: one page that says beforehand what it means."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contacts.actions.addresses import Taken, TooManyAddresses
from contacts.actions.replacing import Replaced
from contacts.actions.replacing import replace_email as replace
from contacts.forms.replacing import ReplaceEmailForm
from contacts.models import Contact
from contacts.queries.replacing import Consequences, consequences_of
from helpdesk.ui.conflicts import EditConflict, version_in
from helpdesk.ui.once import once
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.addresses import AddressError, address_key
from helpdesk.users.roles import Permission


@allow(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def replace_email(request: SignedInRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.visible_to(request.user).select_related("user"), pk=pk)
    if contact.deleted_at:
        messages.warning(request, _("This contact was deleted. Restore it to edit it."))
        return redirect(contact)
    found = consequences_of(contact)
    if not found.old:
        return redirect("contacts:edit", pk)
    if request.method == "POST" and version_in(request) != contact.version:
        return _moved_on(request, contact)
    form = _form(request, contact, found)
    if form.is_valid():
        return _replace(request, contact, found, form)
    return _page(request, contact, found, form, status=422 if form.is_bound else 200)


def _replace(request: SignedInRequest, contact: Contact, found: Consequences, form: ReplaceEmailForm) -> HttpResponse:
    wanted = {"send_activation": False, **form.cleaned_data}
    try:
        replaced = replace(contact, **wanted, version=version_in(request), by=request.actor)
    except (Taken, TooManyAddresses) as refusal:
        form.refuse(refusal)
        return _page(request, contact, found, form, status=422)
    except EditConflict:
        return _moved_on(request, get_object_or_404(Contact.objects.visible_to(request.user), pk=contact.pk))
    messages.success(request, _told(replaced, form.cleaned_data["email"]))
    return redirect(contact)


def _moved_on(request: SignedInRequest, contact: Contact) -> HttpResponse:
    """Somebody saved the contact meanwhile: the page again, as it is now. After a double click there is nothing to ask."""
    found = consequences_of(contact)
    if contact.deleted_at or not found.old or _key(request.POST.get("email", "")) == address_key(found.old):
        return redirect(contact)
    return _page(request, contact, found, _form(request, contact, found), status=409)


def _form(request: SignedInRequest, contact: Contact, found: Consequences) -> ReplaceEmailForm:
    typed = request.POST if request.method == "POST" else None
    return ReplaceEmailForm(typed, contact=contact, consequences=found, reader=request.user)


def _page(
    request: SignedInRequest, contact: Contact, found: Consequences, form: ReplaceEmailForm, *, status: int
) -> HttpResponse:
    context = {"contact": contact, "found": found, "form": form, "is_conflict": status == 409}
    return render(request, "contacts/replace_email.html", context, status=status)


def _key(typed: str) -> str:
    try:
        return address_key(typed)
    except AddressError:
        return ""


def _told(replaced: Replaced, email: str) -> str:
    sentence = _("The primary email is now %(email)s.") % {"email": email}
    if replaced.activation is None:
        return sentence
    if replaced.activation.sent:
        return f"{sentence} {_('An activation email is on its way.')}"
    reason = replaced.activation.skipped[0].reason
    return f"{sentence} {_('No activation email was sent: %(reason)s') % {'reason': reason}}"
