"""Doors: every view wears one; a test walks the URLconf and fails on a view without."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django_htmx.middleware import HtmxDetails

from helpdesk.users.actors import Actor
from helpdesk.users.models import User
from helpdesk.users.roles import Permission, who_may

P = ParamSpec("P")


class PersonRequest(HttpRequest):
    """A request behind a door: who acts is known (`actor`), signed in or not."""

    actor: Actor
    htmx: HtmxDetails


class SignedInRequest(PersonRequest):
    """A request of somebody signed in."""

    user: User  # type: ignore[assignment]


Door = Callable[..., HttpResponseBase]


def anyone(view: Callable[Concatenate[Any, P], HttpResponseBase]) -> Door:
    """Open to everybody, signed in or not."""
    return _marked(view, view, door="anyone")


def signed_in(view: Callable[Concatenate[Any, P], HttpResponseBase]) -> Door:
    """Open to everybody who is signed in, agent or customer."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return _stopped(request) or view(request, *args, **kwargs)

    return _marked(guarded, view, door="signed_in")


def allow(permission: Permission) -> Callable[[Callable[Concatenate[Any, P], HttpResponseBase]], Door]:
    """Open to agents whose role holds `permission`; the page for others says who may."""

    def decorate(view: Callable[Concatenate[Any, P], HttpResponseBase]) -> Door:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            stopped = _stopped(request)
            if stopped is None and not request.user.may(permission):  # type: ignore[union-attr]
                stopped = refuse(request, permission)
            return stopped or view(request, *args, **kwargs)

        return _marked(guarded, view, door=permission)

    return decorate


def refuse(request: HttpRequest, permission: Permission) -> HttpResponse:
    """403, naming what is missing and who holds it."""
    context = {"permission": permission.value, "roles": [role.label for role in who_may(permission)]}
    return render(request, "errors/403.html", context, status=403)


def _stopped(request: HttpRequest) -> HttpResponseBase | None:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if request.user.must_change_password and request.user.is_agent and request.resolver_match is not None:
        return None if request.resolver_match.view_name in _ALWAYS_OPEN else redirect("profile:password")
    return None


_ALWAYS_OPEN = {"profile:password", "account_logout"}


def _marked(guarded: Any, view: Any, *, door: str | Permission) -> Door:
    guarded.door = door
    guarded.opens = view
    return guarded  # type: ignore[no-any-return]
