"""Agents change the address they sign in with."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contacts.actions.addresses import Taken
from helpdesk.outbox.models import SecretLink
from helpdesk.team.actions.own_email import TooOften, ask_for_email, confirm_email
from helpdesk.team.actions.passwords import LinkSpent
from helpdesk.team.forms import OwnEmailForm
from helpdesk.team.views import links
from helpdesk.team.views.signing_in import SIGN_IN_EMAIL
from helpdesk.ui.once import once
from helpdesk.users.access import PersonRequest, SignedInRequest, allow, anyone
from helpdesk.users.models import User
from helpdesk.users.roles import Permission

CONFIRM = SecretLink.Purpose.CONFIRM


@allow(Permission.DESK_VIEW)
@once
def change(request: SignedInRequest) -> HttpResponse:
    """Nothing changes before the new mailbox has confirmed."""
    form = OwnEmailForm(request.POST or None, user=request.user)
    if form.is_valid() and (asked := _asked(request, form)):
        messages.success(request, _("Open the link in the letter to %(email)s, and it is yours.") % {"email": asked})
        return redirect("profile:show")
    return render(request, "team/email.html", {"form": form})


@anyone
@require_safe
def confirm_link(request: PersonRequest, token: str) -> HttpResponse:
    return links.take(request, token, CONFIRM)


@anyone
@once
def confirm(request: PersonRequest) -> HttpResponse:
    """A mail scanner's GET confirms nothing. Whoever is signed in as somebody else is asked first."""
    link = links.kept(request, CONFIRM)
    user = User.objects.filter(pk=link.subject_id, is_active=True).first() if link else None
    if link is None or user is None:
        return links.invalid(request)
    if request.user.is_authenticated and request.user != user:
        return links.someone_is_here(request, CONFIRM)
    if request.method == "POST":
        return _confirmed(request, link)
    return render(request, "team/confirm_email.html", {"person": user, "email": link.sent_to})


def _asked(request: SignedInRequest, form: OwnEmailForm) -> str:
    """The address a letter goes to; "", with the reason in the form, for none."""
    try:
        return ask_for_email(request.user, form.cleaned_data["email"], by=request.actor)
    except Taken:
        form.add_error("email", _("This address belongs to somebody else here. Ask an admin."))
    except TooOften:
        form.add_error("email", _("Too many letters were asked for. Try again in an hour."))
    return ""


def _confirmed(request: PersonRequest, link: SecretLink) -> HttpResponse:
    """This session goes on, all others end; without one, to the sign-in page with the address filled in."""
    try:
        user = confirm_email(link, by=request.actor)
    except (LinkSpent, Taken):
        return links.invalid(request)
    links.forget(request, CONFIRM)
    messages.success(request, _("Your email address is %(email)s now.") % {"email": user.email})
    if request.user.is_authenticated:
        update_session_auth_hash(request, user)
        return redirect("profile:show")
    request.session[SIGN_IN_EMAIL] = user.email
    return redirect("account_login")
