"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from helpdesk.users.roles import Permission


class May:
    """`{% if may.CONTACT_EDIT %}` in a template: what the signed-in person's role allows."""

    def __init__(self, user: Any) -> None:
        self._user = user

    def __getattr__(self, name: str) -> bool:
        return bool(self._user.is_authenticated and self._user.may(Permission[name]))


def shared(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    return {
        "helpdesk_name": settings.HELPDESK_NAME,
        "support_email": settings.SUPPORT_EMAIL,
        "support_phone": settings.SUPPORT_PHONE,
        "may": May(user) if user else {},
        "languages": settings.LANGUAGES,
    }
