"""What the box says: where the helpdesk is and how to get in, in English and in Korean."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from helpdesk.running import demo
from helpdesk.running.box import framed
from helpdesk.team.setup import first_run_url

LONGEST = max(map(len, demo.ACCOUNTS))


def box() -> str:
    """The box, each language once. Where there is no admin yet it holds a fresh first-run link; older ones die."""
    setup_url = first_run_url()
    english, korean = _lines("en", setup_url), _lines("ko", setup_url)
    return framed(english if english == korean else [*english, "", *korean])


def _lines(language: str, setup_url: str | None) -> list[str]:
    with override(language):
        title = _("The helpdesk is running: %(address)s") % {"address": f"{settings.BASE_URL}/"}
        return [title, *_way_in(setup_url), _("Ctrl-C ends it.")]


def _way_in(setup_url: str | None) -> list[str]:
    if setup_url:
        return ["", _("Nobody can sign in yet. Make the first admin here, within 24 hours:"), f"  {setup_url}", ""]
    if demo.is_present():
        title = _("Demo sign-ins (password %(password)s):") % {"password": demo.PASSWORD}
        return ["", title, *(f"  {address:<{LONGEST}}  {_(role)}" for address, role in demo.ACCOUNTS.items()), ""]
    return []
