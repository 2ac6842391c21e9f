"""Doors: every view wears one; a test walks the URLconf and fails on a view without."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from helpdesk.users.actors import Actor
from helpdesk.users.models import User
from helpdesk.users.returning import note_turned_away, page_before
from helpdesk.users.roles import Permission, who_may

P = ParamSpec("P")


class PersonRequest(HttpRequest):
    """A request behind a door: who acts is known (`actor`), signed in or not."""

    actor: Actor
    htmx: HtmxDetails


class SignedInRequest(PersonRequest):
    """A request of somebody signed in."""

    user: User


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
    """What is answered instead of the page; None for those who may go on."""
    if not request.user.is_authenticated:
        note_turned_away(request)
        return _whole_page(request, redirect_to_login(_way_back(request)))
    way = held_up(request)
    return _whole_page(request, redirect(way)) if way else None


def held_up(request: HttpRequest) -> str:
    """The page that an agent must finish before any other: a new password, then a second step; "" for all others."""
    user = request.user
    if not user.is_authenticated or not user.is_agent:
        return ""
    if user.must_change_password:
        return "" if _view_name(request) in _OPEN_TO_OLD_PASSWORDS else "profile:password"
    return "mfa_index" if user.lacks_second_step and _view_name(request) not in _OPEN_TO_ONE_STEP else ""


def _way_back(request: HttpRequest) -> str:
    """The page to come back to after signing in: of a POST that of its form, never a part of a page."""
    htmx = getattr(request, "htmx", None)
    if htmx:
        return str(htmx.current_url_abs_path or "/")
    return request.get_full_path() if request.method in ("GET", "HEAD") else page_before(request) or "/"


def _whole_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """For htmx, a redirect of the whole page: a sign-in form must not land in the middle of a list."""
    if getattr(request, "htmx", None):
        return HttpResponseClientRedirect(response["Location"])
    return response


def _view_name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


_OPEN_TO_OLD_PASSWORDS = {"profile:password", "account_logout"}
_OPEN_TO_ONE_STEP = {
    *("account_logout", "account_reauthenticate"),
    *("mfa_index", "mfa_activate_totp", "mfa_reauthenticate"),
}


def _marked(guarded: Any, view: Any, *, door: str | Permission) -> Door:
    guarded.door = door
    guarded.opens = view
    return guarded  # type: ignore[no-any-return]
