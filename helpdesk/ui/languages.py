"""Which language and time zone a request speaks."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

_ZONES = available_timezones()
_CONTINENTS = {
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
}  # fmt: skip


def language_of(request: HttpRequest) -> str:
    """The signed-in person's language, else the cookie's, else the browser's, else the default."""
    if request.user.is_authenticated and request.user.language in dict(settings.LANGUAGES):
        return request.user.language
    return translation.get_language_from_request(request)


def time_zone_of(request: HttpRequest) -> str:
    return known_zone(request.user.time_zone if request.user.is_authenticated else "")


def known_zone(name: str) -> str:
    """`name` if it is a time zone, else the helpdesk's."""
    return name if name in _ZONES else settings.TIME_ZONE


def zone_choices() -> list[tuple[str, str]]:
    """The time zones people choose among, by place; "" is the helpdesk's own."""
    places = sorted(zone for zone in _ZONES if zone == "UTC" or zone.partition("/")[0] in _CONTINENTS)
    return [("", settings.TIME_ZONE), *((zone, zone.replace("_", " ")) for zone in places)]
