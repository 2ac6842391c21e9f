"""What every template may use. Whatever asks who is here is asked only where a template uses it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_info

from helpdesk.ui.themes import theme_of
from helpdesk.users.models import Theme
from helpdesk.users.roles import Permission


class May:
    """`{% if may.CONTACT_EDIT %}` in a template: what the signed-in person's role allows."""

    def __init__(self, user: Any) -> None:
        self._user = user

    def __getattr__(self, name: str) -> bool:
        if name not in Permission.__members__:
            raise AttributeError(name)
        return bool(self._user is not None and self._user.is_authenticated and self._user.may(Permission[name]))


def shared(request: HttpRequest) -> dict[str, Any]:
    return {
        "helpdesk_name": settings.HELPDESK_NAME,
        "support_email": settings.SUPPORT_EMAIL,
        "support_phone": settings.SUPPORT_PHONE,
        "may": May(getattr(request, "user", None)),
        "languages": settings.LANGUAGES,
        "own_language_names": _own_language_names,
        "theme": _later(theme_of, request),
        "themes": list(Theme),
        "frame": _later(_frame_of, request),
    }


def _own_language_names() -> list[tuple[str, str]]:
    """Each language in its own words: English, 한국어."""
    return [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


def _frame_of(request: HttpRequest) -> str:
    """The base template of the reader's side of the house, for pages that both sides show."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return "base_portal.html"
    return "base_desk.html" if user.is_agent else "base_portal.html"


def _later(function: Callable[[HttpRequest], str], request: HttpRequest) -> Callable[[], str]:
    return lambda: function(request)
