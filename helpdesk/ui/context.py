"""What every template may use. Whatever asks who is here is asked only where a template uses it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_info

from helpdesk.ui.house import house
from helpdesk.ui.themes import theme_of
from helpdesk.users.models import Theme
from helpdesk.users.roles import Permission


class May:
    """`{% if may.CONTACT_EDIT %}` in a template: what the signed-in person's role allows.

    Two people who may do the same are equal here: what is drawn for one of them can be kept for the other.
    """

    def __init__(self, user: Any) -> None:
        self._user = user

    def __getattr__(self, name: str) -> bool:
        if name not in Permission.__members__:
            raise AttributeError(name)
        return Permission[name] in self._granted

    def __eq__(self, other: object) -> bool:
        return isinstance(other, May) and self._granted == other._granted

    def __hash__(self) -> int:
        return hash(self._granted)

    @cached_property
    def _granted(self) -> frozenset[Permission]:
        if self._user is None or not self._user.is_authenticated:
            return frozenset()
        return frozenset(filter(self._user.may, Permission))


def shared(request: HttpRequest) -> dict[str, Any]:
    known = house()
    return {
        "helpdesk_name": known.name,
        "support_email": known.support_email,
        "support_phone": known.support_phone,
        "may": May(getattr(request, "user", None)),
        "languages": settings.LANGUAGES,
        "own_language_names": _own_language_names,
        "theme": _later(theme_of, request),
        "themes": tuple(Theme),
        "frame": _later(_frame_of, request),
    }


@cache
def _own_language_names() -> tuple[tuple[str, str], ...]:
    """Each language in its own words: English, 한국어."""
    return tuple((code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES)


def _frame_of(request: HttpRequest) -> str:
    """The base template of the reader's side of the house, for pages that both sides show."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return "base_portal.html"
    return "base_desk.html" if user.is_agent else "base_portal.html"


def _later(function: Callable[[HttpRequest], str], request: HttpRequest) -> Callable[[], str]:
    return lambda: function(request)
