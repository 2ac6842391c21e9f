"""Light or dark: the choice of whoever reads."""

from __future__ import annotations

from django.http import HttpRequest

from helpdesk.users.models import Theme

COOKIE = "helpdesk_theme"


def theme_of(request: HttpRequest) -> str:
    """The signed-in person's choice, else the cookie's, else "auto" (as the device)."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return str(user.theme)
    return known_theme(request.COOKIES.get(COOKIE, ""))


def known_theme(name: str) -> str:
    return name if name in Theme.values else Theme.AUTO.value
