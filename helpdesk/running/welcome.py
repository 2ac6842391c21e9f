"""What the box says: where the helpdesk is and how to get in, in English and in Korean."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from helpdesk.running import demo
from helpdesk.running.box import framed


def box() -> str:
    """The box, each language once."""
    english, korean = _lines("en"), _lines("ko")
    return framed(english if english == korean else [*english, "", *korean])


def _lines(language: str) -> list[str]:
    with override(language):
        return [
            _("The helpdesk is running: %(address)s") % {"address": f"{settings.BASE_URL}/"},
            "",
            *_way_in(),
            "",
            _("Ctrl-C ends it."),
        ]


def _way_in() -> list[str]:
    if demo.is_present():
        title = _("Demo sign-ins (password %(password)s):") % {"password": demo.PASSWORD}
        return [title, *(f"  {address:<24} {_(role)}" for address, role in demo.ACCOUNTS.items())]
    return []
