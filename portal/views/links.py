"""Setting a password through the link of a letter: the first one (activation) or a new one (reset).

GET with the token looks, puts the link's id into the session and leads on to an address without it; only a
password sent by POST uses the link up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.actions.activation import activate as activate_contact
from contacts.actions.passwords import reset_password
from contacts.actions.signins import LinkGone, candidate, primary_of
from contacts.models import Contact
from helpdesk.outbox import links
from helpdesk.outbox.links import Found
from helpdesk.outbox.models import SecretLink
from helpdesk.users.access import PersonRequest, anyone
from portal import pocket
from portal.forms import NewPasswordForm


@dataclass(frozen=True)
class Way:
    """One kind of link: where its form is, what its password does, how the page reads."""

    purpose: str
    form: str
    use: Callable[..., Contact]
    heading: str | Promise
    button: str | Promise


ACTIVATION = Way(
    "activate",
    "portal:activate_form",
    activate_contact,
    gettext_lazy("Set your password"),
    gettext_lazy("Set password"),
)
RESET = Way(
    "reset", "portal:reset_form", reset_password, gettext_lazy("Choose a new password"), gettext_lazy("Save password")
)
WAYS = {way.purpose: way for way in (ACTIVATION, RESET)}


@anyone
@require_safe
def activate(request: PersonRequest, token: str) -> HttpResponse:
    return _take(request, token, ACTIVATION)


@anyone
@require_safe
def reset(request: PersonRequest, token: str) -> HttpResponse:
    return _take(request, token, RESET)


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def activate_form(request: PersonRequest) -> HttpResponse:
    return _set_password(request, ACTIVATION)


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def reset_form(request: PersonRequest) -> HttpResponse:
    return _set_password(request, RESET)


@anyone
@require_POST
def leave(request: PersonRequest) -> HttpResponse:
    """Sign out whoever is here and go on with the link that was opened."""
    way = WAYS.get(request.POST.get("purpose", ""), ACTIVATION)
    kept = pocket.empty(request)
    logout(request)
    pocket.refill(request, kept)
    return redirect(way.form)


def _take(request: PersonRequest, token: str, way: Way) -> HttpResponse:
    pocket.keep_link(request, way.purpose, links.find(token, way.purpose))
    pocket.keep_next(request)
    return redirect(way.form)


def _set_password(request: PersonRequest, way: Way) -> HttpResponse:
    found = pocket.link_in(request, way.purpose)
    if found.link is None or not found.is_live:
        return _gone(request, found)
    if request.user.is_authenticated:
        return render(request, "portal/someone_is_here.html", {"way": way})
    contact = Contact.objects.select_related("user").filter(pk=found.link.subject_id).first()
    if contact is None:
        return _gone(request, found)
    return _form(request, way, found.link, contact)


def _form(request: PersonRequest, way: Way, link: SecretLink, contact: Contact) -> HttpResponse:
    form = NewPasswordForm(request.POST if request.method == "POST" else None, user=candidate(contact))
    if form.is_valid():
        return _use(request, way, link, form.cleaned_data["password"])
    if request.method == "GET":
        links.mark_opened(link)
    return render(request, "portal/set_password.html", {"form": form, "way": way, "email": form.user.email})


def _use(request: PersonRequest, way: Way, link: SecretLink, password: str) -> HttpResponse:
    try:
        contact = way.use(link, password, by=request.actor)
    except LinkGone:
        return _gone(request, pocket.link_in(request, way.purpose))
    pocket.drop_link(request, way.purpose)
    primary = primary_of(contact)
    pocket.keep_email(request, primary.email if primary else link.sent_to)
    messages.success(request, _("Your password is set. Sign in."))
    wanted = pocket.next_in(request)
    return redirect(reverse("portal:login") + (f"?{urlencode({'next': wanted})}" if wanted else ""))


def _gone(request: PersonRequest, found: Found) -> HttpResponse:
    """One page for every dead link; where its letter simply came too long ago, a new one needs no typing."""
    context = {"is_expired": found.state == "expired", "purpose": found.link.purpose if found.link else ""}
    return render(request, "portal/link_invalid.html", context, status=410)
