"""Moments as people read them, in the language and time zone that are active (LABELS)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _


def listed(moment: datetime) -> str:
    """2026-11-22 15:05"""
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def spoken(moment: datetime) -> str:
    """Sun 22 Nov 2026, 15:05 / 2026년 11월 22일(일) 오후 3:05"""
    text = date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    return text.replace("요일)", ")")  # Django's Korean knows weekdays only in full


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
