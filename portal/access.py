"""The customers' door: signed in, and a contact who is welcome."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from contacts.models import Contact
from helpdesk.users.access import Door, SignedInRequest, held_up
from helpdesk.users.returning import note_turned_away

P = ParamSpec("P")

_OPEN_TO_OLD_PASSWORDS = {"portal:password"}


class CustomerRequest(SignedInRequest):
    """A request of a customer: `contact` is theirs, present, verified and not blocked (or an agent's own)."""

    contact: Contact


def customer(view: Callable[Concatenate[Any, P], HttpResponseBase]) -> Door:
    """Open to customers. Visitors are led to the portal's sign-in and back; agents without a contact get a kind word.

    Whoever was told to choose a new password does that first.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return _stopped(request) or view(request, *args, **kwargs)

    guarded.door = "customer"  # type: ignore[attr-defined]
    guarded.opens = view  # type: ignore[attr-defined]
    return guarded


def contact_of(request: HttpRequest) -> Contact | None:
    """The contact of whoever is signed in, if they are welcome in the portal."""
    if not request.user.is_authenticated:
        return None
    contact = Contact.objects.filter(user=request.user, blocked_at=None, deleted_at=None).first()
    return contact if contact and (contact.verified_at or request.user.is_agent) else None


def _stopped(request: HttpRequest) -> HttpResponseBase | None:
    """The way out for whoever may not in; None for customers, who get `request.contact`."""
    if not request.user.is_authenticated:
        note_turned_away(request)
        return redirect_to_login(request.get_full_path(), reverse("portal:login"))
    contact = contact_of(request)
    if contact is None:
        return _shown_out(request)
    request.contact = contact  # type: ignore[attr-defined]
    return _held_up(request)


def _shown_out(request: HttpRequest) -> HttpResponseBase:
    if request.user.is_agent:  # type: ignore[union-attr]
        return render(request, "portal/for_customers.html", status=403)
    logout(request)
    return redirect("portal:login")


def _held_up(request: HttpRequest) -> HttpResponseBase | None:
    if way := held_up(request):
        return redirect(way)
    must = request.user.must_change_password and not request.user.is_agent  # type: ignore[union-attr]
    here = request.resolver_match.view_name if request.resolver_match else ""
    return redirect("portal:password") if must and here not in _OPEN_TO_OLD_PASSWORDS else None
