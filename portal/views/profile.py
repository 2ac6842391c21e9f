"""What customers keep about themselves, and their password."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contacts.actions.passwords import choose_password
from contacts.actions.records import Draft, Unreachable, edit_contact
from contacts.actions.signins import Refused
from helpdesk.team.forms import ChangePasswordForm
from helpdesk.ui.conflicts import EditConflict, differences, version_in
from portal.access import CustomerRequest, customer
from portal.forms import ProfileForm


@customer
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: CustomerRequest) -> HttpResponse:
    """Name, phones, language and time zone; a new language speaks at once."""
    form = ProfileForm(
        request.POST if request.method == "POST" else None, initial=ProfileForm.values_of(request.contact)
    )
    if not form.is_valid():
        return _profile(request, form)
    draft = replace(Draft.of(request.contact), **form.cleaned_data)
    try:
        edit_contact(request.contact, draft, version=version_in(request), tags_seen=draft.tags, by=request.actor)
    except Unreachable:
        form.add_error(None, _("Keep at least one phone: nothing else is left to reach you by."))
        return _profile(request, form)
    except EditConflict:
        request.contact.refresh_from_db()
        context = {"differences": differences(form, ProfileForm.values_of(request.contact))}
        return _profile(request, form, status=409, **context)
    with translation.override(form.cleaned_data["language"]):
        messages.success(request, _("Your profile has been saved."))
    return redirect("portal:profile")


@customer
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: CustomerRequest) -> HttpResponse:
    """Choose a new password; asked for the present one, unless that one was set by the helpdesk and must go."""
    form = ChangePasswordForm(request.POST if request.method == "POST" else None, user=request.user)
    if not form.is_valid():
        return render(request, "portal/password.html", {"form": form})
    try:
        contact = choose_password(request.contact, form.cleaned_data["password"], by=request.actor)
    except Refused:  # blocked or deleted at this very moment: the next page says so
        return redirect("portal:home")
    update_session_auth_hash(request, contact.user)  # type: ignore[arg-type]
    messages.success(request, _("Your password has been changed."))
    return redirect("portal:home")


def _profile(request: CustomerRequest, form: ProfileForm, *, status: int = 200, **context: object) -> HttpResponse:
    addresses = request.contact.addresses.order_by("-is_primary", "pk")
    context |= {"form": form, "contact": request.contact, "addresses": addresses, "version": request.contact.version}
    return render(request, "portal/profile.html", context, status=status)
