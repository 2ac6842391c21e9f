"""Which language and time zone a request speaks."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from helpdesk.ui.house import house

_ZONES = available_timezones()
_CONTINENTS = {
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
}  # fmt: skip


def language_of(request: HttpRequest) -> str:
    """The signed-in person's language, else the cookie's, else the browser's, else the default."""
    if request.user.is_authenticated and request.user.language in dict(settings.LANGUAGES):
        return request.user.language
    asked = (request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), *_accepted(request))
    return next(filter(None, map(_supported, asked)), house().language)


def time_zone_of(request: HttpRequest) -> str:
    return known_zone(request.user.time_zone if request.user.is_authenticated else "")


def known_zone(name: str) -> str:
    """`name` if it is a time zone, else the helpdesk's."""
    return name if name in _ZONES else house().time_zone


def known_language(code: str) -> str:
    """`code` if the helpdesk speaks it, else the helpdesk's."""
    return code if code in dict(settings.LANGUAGES) else house().language


def zone_choices() -> list[tuple[str, str]]:
    """The time zones people choose among; "" is the helpdesk's own, whichever that is."""
    own = _("As the helpdesk: %(time_zone)s") % {"time_zone": _shown(house().time_zone)}
    return [("", own), *fixed_zone_choices()]


def fixed_zone_choices() -> list[tuple[str, str]]:
    """UTC, then the others by place."""
    places = sorted(zone for zone in _ZONES if zone.partition("/")[0] in _CONTINENTS)
    return [(zone, _shown(zone)) for zone in ("UTC", *places)]


def _shown(zone: str) -> str:
    return zone.replace("_", " ")


def _accepted(request: HttpRequest) -> list[str]:
    """What the browser asks for, the dearest first."""
    return [code for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]


def _supported(code: str) -> str:
    """The language of ours that answers `code` ("ko-KR" → "ko"); "" where there is none."""
    try:
        return translation.get_supported_language_variant(code)
    except LookupError:
        return ""
