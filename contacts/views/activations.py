"""Letting contacts into the portal: activation emails, password resets, an admin's Change password."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from contacts.actions.activation import ActivationResult, Skipped, send_activations
from contacts.actions.limits import MOST_AT_ONCE, TooMany
from contacts.actions.passwords import change_password as change
from contacts.actions.passwords import send_password_reset
from contacts.actions.signins import Refused, candidate, why_no_sign_in
from contacts.actions.unlocking import unlock
from contacts.forms.passwords import PasswordForm
from contacts.models import Contact
from contacts.queries.listing import rows_of
from contacts.views.acts import ACTS, begin_whole
from helpdesk.ui.once import once
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.passwords import generate
from helpdesk.users.returning import own_page
from helpdesk.users.roles import Permission

_ID = re.compile(r"[0-9]{1,18}")


@allow(Permission.CONTACT_ACTIVATE)
@require_POST
def activate(request: SignedInRequest) -> HttpResponseBase:
    """Send activation emails to the contacts named, at most 30; says who was passed over and why.

    With `whole` it is about all of the view that the page shows, which is asked first. From a page with htmx the rows
    update themselves; there a repeated request is held by the letters' causes alone.
    """
    if "whole" in request.POST:
        return begin_whole(request, ACTS["activate"])
    return _activate_here(request) if request.htmx else once(_activate_and_return)(request)


@allow(Permission.CONTACT_ACTIVATE)
@require_POST
@once
def send_reset(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send a verified contact the link to a new password."""
    contact = get_object_or_404(Contact.objects.visible_to(request.user).present(), pk=pk)
    try:
        send_password_reset(contact, by=request.actor)
        messages.success(request, _("A password reset email is on its way."))
    except Refused as refused:
        messages.error(request, _("No email was sent: %(reason)s") % {"reason": refused.reason})
    return redirect(contact)


@allow(Permission.CONTACT_CHANGE_PASSWORD)
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Set a contact's password, typed or generated; a generated one is shown this once."""
    contact = get_object_or_404(Contact.objects.visible_to(request.user).present().select_related("user"), pk=pk)
    form = PasswordForm(request.POST if request.method == "POST" else None, user=candidate(contact))
    if form.is_valid():
        # A generated one is shown by whoever made it; repeated, there would be nothing to show.
        return (_change if form.wants_generated else once(_change))(request, contact, form)
    return _password_page(request, contact, form)


@allow(Permission.CONTACT_BLOCK)
@require_POST
def unlock_contact(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a customer try again who was locked out by too many wrong passwords."""
    contact = get_object_or_404(Contact.objects.visible_to(request.user).present(), pk=pk)
    if unlock(contact, by=request.actor):
        messages.success(request, _("The customer can try to sign in again."))
    else:
        messages.info(request, _("No wrong passwords kept the customer out."))
    return redirect(contact)


def _activate_here(request: SignedInRequest) -> HttpResponse:
    """For htmx: the message and the rows, each where it stands."""
    result = _send(request)
    ids = [contact.pk for contact in (*result.sent, *(skip.contact for skip in result.skipped if skip.contact))]
    return render(
        request,
        "contacts/_updated.html",
        {"rows": rows_of(Contact.objects.visible_to(request.user).filter(pk__in=ids))},
    )


def _activate_and_return(request: SignedInRequest) -> HttpResponse:
    _send(request)
    return redirect(own_page(request, request.POST.get("next", "")) or "contacts:list")


def _send(request: SignedInRequest) -> ActivationResult:
    """Send, and leave a message that says to whom not."""
    try:
        result = send_activations(_ids(request.POST.getlist("contact")), by=request.actor)
    except TooMany as refused:
        messages.error(request, _too_many(refused.count))
        return ActivationResult([], [])
    if not result.sent and not result.skipped:
        messages.warning(request, _("Nobody was chosen, so nothing was sent."))
        return result
    messages.add_message(request, messages.SUCCESS if result.sent else messages.WARNING, _told(result))
    return result


def _too_many(count: int) -> str:
    return ngettext(
        "At most %(limit)s contact can be sent activation emails at once; %(count)s were chosen. Nothing was sent.",
        "At most %(limit)s contacts can be sent activation emails at once; %(count)s were chosen. Nothing was sent.",
        MOST_AT_ONCE,
    ) % {"limit": MOST_AT_ONCE, "count": count}


def _ids(given: Iterable[str]) -> list[int]:
    """What is no number of a contact counts as one that nobody has."""
    return [int(text) if _ID.fullmatch(text) else 0 for text in given]


def _told(result: ActivationResult) -> SafeString:
    sentence = _sentence(len(result.sent), len(result.skipped))
    if not result.skipped:
        return format_html("{}", sentence)
    items = format_html_join("", "<li>{}: {}</li>", ((_named(skip), skip.reason) for skip in result.skipped))
    return format_html('{}<ul class="message-list">{}</ul>', sentence, items)


def _sentence(sent: int, skipped: int) -> str:
    """ "28 activation emails are on their way; 2 skipped."."""
    if not sent:
        return ngettext(
            "No activation email was sent; %(skipped)s skipped.",
            "No activation emails were sent; %(skipped)s skipped.",
            skipped,
        ) % {"skipped": skipped}
    if not skipped:
        return ngettext(
            "%(sent)s activation email is on its way.", "%(sent)s activation emails are on their way.", sent
        ) % {"sent": sent}
    return ngettext(
        "%(sent)s activation email is on its way; %(skipped)s skipped.",
        "%(sent)s activation emails are on their way; %(skipped)s skipped.",
        sent,
    ) % {"sent": sent, "skipped": skipped}


def _named(skip: Skipped) -> SafeString:
    if skip.contact is None:
        return format_html("#{}", skip.id)
    return format_html('<a href="{}">{}</a>', skip.contact.get_absolute_url(), skip.contact.name)


def _change(request: SignedInRequest, contact: Contact, form: PasswordForm) -> HttpResponse:
    is_generated = form.wants_generated
    password = generate() if is_generated else form.cleaned_data["password"]
    try:
        changed = change(contact, password, must_change=form.cleaned_data["must_change"], by=request.actor)
    except Refused as refused:
        form.add_error(None, refused.reason)
        return _password_page(request, contact, form)
    if is_generated:
        return render(request, "contacts/password_generated.html", {"contact": changed, "password": password})
    messages.success(request, _("The password was changed, and the contact was told so by email."))
    return redirect(changed)


def _password_page(request: HttpRequest, contact: Contact, form: PasswordForm) -> HttpResponse:
    context = {"contact": contact, "form": form, "obstacle": why_no_sign_in(contact)}
    return render(request, "contacts/change_password.html", context)
