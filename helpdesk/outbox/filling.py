"""Filling in what a stored letter leaves open: the secret link and its end. In memory, at the moment of sending only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import escape

from helpdesk.outbox.models import LINK_PLACEHOLDER, UNTIL_PLACEHOLDER, OutgoingEmail, hash_of, new_token
from helpdesk.outbox.writing import Written
from helpdesk.ui.house import house
from helpdesk.ui.languages import known_language, known_zone

HOME_ZONE_OF_KOREAN = "Asia/Seoul"


@dataclass(frozen=True)
class FreshLink:
    """A token made now: `url` goes into the letter, only `token_hash` into the database."""

    url: str
    token_hash: str
    expires_at: datetime


def fresh_link(letter: OutgoingEmail) -> FreshLink | None:
    """The link that `letter` asks for; None if it asks for none."""
    if not letter.link_path:
        return None
    token = new_token()
    return FreshLink(
        url=settings.BASE_URL + letter.link_path.replace("{token}", token),
        token_hash=hash_of(token),
        expires_at=timezone.now() + timedelta(hours=letter.link_hours or house().activation_hours),
    )


def filled(letter: OutgoingEmail, link: FreshLink | None) -> Written:
    """The letter's words with the live link and its end in place of the placeholders."""
    if link is None:
        return Written(letter.subject, letter.text, letter.html)
    until = until_words(link.expires_at, letter.language, letter.time_zone)
    return Written(
        _put(letter.subject, link.url, until),
        _put(letter.text, link.url, until),
        _put(letter.html, escape(link.url), escape(until)),
    )


def until_words(moment: datetime, language: str, time_zone: str) -> str:
    """`moment` as a sentence says it; the zone is named, except to Koreans at home."""
    return _to_the_minute(moment.replace(second=0, microsecond=0), known_language(language), known_zone(time_zone))


@lru_cache(maxsize=256)
def _to_the_minute(moment: datetime, language: str, zone: str) -> str:
    """Thousands of letters of one minute end at the same one."""
    with translation.override(language):
        words = date_format(timezone.localtime(moment, ZoneInfo(zone)), "DATETIME_FORMAT")
    return words if language == "ko" and zone == HOME_ZONE_OF_KOREAN else f"{words} ({zone})"


def _put(text: str, url: str, until: str) -> str:
    return text.replace(LINK_PLACEHOLDER, url).replace(UNTIL_PLACEHOLDER, until)
