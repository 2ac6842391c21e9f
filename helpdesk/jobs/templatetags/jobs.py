"""How jobs read: states as badges, durations, numbers, reasons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from helpdesk.jobs import progress, queries
from helpdesk.jobs.changes import reason
from helpdesk.jobs.models import Job
from helpdesk.jobs.states import State
from helpdesk.ui.templatetags.ui import badge

register = template.Library()

BADGES = {
    State.DONE: "success",
    State.FAILED: "danger",
    State.PAUSED: "warning",
    State.RUNNING: "info",
    State.REVIEWING: "info",
    State.UNDOING: "info",
}


@register.filter
def job_badge(job: Job) -> SafeString:
    """Its state in a word."""
    state = State(job.state)
    return badge(BADGES.get(state, "muted"), state.label)


@register.filter
def job_label(job: Job) -> str:
    """What its kind is called."""
    return str(queries.label_of(job.kind))


@register.filter
def job_about(job: Job) -> str:
    """What it is about, in its kind's words; "" where there are none."""
    kind = job.known_kind
    return str(kind.describe(job)) if kind and kind.describe else ""


@register.filter
def job_counts(job: Job) -> list[queries.Count]:
    return queries.told(job)


@register.filter
def job_not_reached(job: Job) -> int:
    return progress.not_reached(job)


@register.filter
def job_summary(job: Job) -> str:
    """How it ended, as its kind says it; "" while it has not, and for kinds that leave it to the counters."""
    kind = job.known_kind
    return str(kind.summary(job)) if job.is_final and kind and kind.summary else ""


@register.filter
def job_duration(job: Job) -> str:
    took = progress.duration_of(job)
    return lasting(took) if took is not None else ""


@register.filter
def lasting(time: timedelta | None) -> str:
    """42 s, 3 min 20 s, 2 h 5 min; "" for None."""
    if time is None:
        return ""
    minutes, seconds = divmod(max(0, round(time.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": seconds}
    return _("%(seconds)s s") % {"seconds": seconds}


@register.filter
def grouped(number: float | None) -> str:
    """1,204; a fraction only below ten; "" for None."""
    if number is None:
        return ""
    return number_format(number, decimal_pos=1 if 0 < number < 10 and number != int(number) else 0, force_grouping=True)


@register.filter
def why(problem: dict[str, Any] | None) -> str:
    return reason(problem)
