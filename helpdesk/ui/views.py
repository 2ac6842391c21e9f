"""The switches every page has: language and appearance."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from helpdesk.ui import actions
from helpdesk.ui.themes import COOKIE as THEME_COOKIE
from helpdesk.ui.themes import known_theme
from helpdesk.users.access import PersonRequest, anyone
from helpdesk.users.returning import own_page

A_YEAR = 365 * 24 * 3600


@anyone
@require_POST
def language(request: PersonRequest) -> HttpResponse:
    """Speak the chosen language: to this person, or to this browser."""
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        return _back(request)
    if request.user.is_authenticated:
        actions.choose_language(request.user, code)
    return remember_language(_back(request), code)


@anyone
@require_POST
def theme(request: PersonRequest) -> HttpResponse:
    """Light, dark, or as the device: for this person, or for this browser."""
    choice = known_theme(request.POST.get("theme", ""))
    if request.user.is_authenticated:
        actions.choose_theme(request.user, choice)
    return _remember(_back(request), THEME_COOKIE, choice)


def remember_language(response: HttpResponse, code: str) -> HttpResponse:
    """This browser reads it from now on."""
    return _remember(response, settings.LANGUAGE_COOKIE_NAME, code)


def _back(request: PersonRequest) -> HttpResponse:
    """To the page whose switch was used; never to another host."""
    return redirect(own_page(request, request.POST.get("next", "")) or "/")


def _remember(response: HttpResponse, name: str, value: str) -> HttpResponse:
    response.set_cookie(
        name, value, max_age=A_YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
    return response
