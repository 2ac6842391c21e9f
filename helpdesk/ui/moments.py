"""Moments as people read them, in the language and time zone that are active (LABELS)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache

from django.utils import timezone
from django.utils.formats import date_format, get_format, time_format
from django.utils.timesince import timesince
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def listed(moment: datetime) -> str:
    """2026-11-22 15:05"""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def spoken(moment: datetime) -> str:
    """Sun 22 Nov 2026, 15:05 / 2026년 11월 22일(일) 오후 3:05"""
    local, language = timezone.localtime(moment), get_language() or ""
    return _spoken_day(local.date(), language) + _between(language) + _spoken_time(local.hour, local.minute, language)


# A profile speaks of fifty moments, but of few days and of the same minutes as any other: putting one into words costs 50 µs.


@lru_cache(maxsize=1000)
def _spoken_day(day: date, language: str) -> str:
    """In `language`, which is the one spoken now."""
    return date_format(day, "DATE_FORMAT").replace("요일)", ")")  # Django's Korean knows weekdays only in full


@lru_cache(maxsize=24 * 60 * 2)
def _spoken_time(hour: int, minute: int, language: str) -> str:
    return time_format(time(hour, minute), "TIME_FORMAT")


@cache
def _between(language: str) -> str:
    """What stands between day and time."""
    day, both, clock = (str(get_format(f"{name}_FORMAT")) for name in ("DATE", "DATETIME", "TIME"))
    return both.removeprefix(day).removesuffix(clock)


def brief(moment: datetime) -> str:
    """15:05 if that was today, else 2026-11-22"""
    local = timezone.localtime(moment)
    is_today = local.date() == timezone.localdate()
    return f"{local:%H:%M}" if is_today else date_format(local, "SHORT_DATE_FORMAT")


def since(moment: datetime) -> str:
    """5 minutes ago, within a day, then as in lists."""
    age = timezone.now() - moment
    if age < timedelta(minutes=1):
        return _("just now")
    if age < timedelta(days=1):
        return _("%(time)s ago") % {"time": timesince(moment, depth=1)}
    return listed(moment)
