"""Who of a frozen selection an activation email can go to now, and why not to the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, gettext_noop, pgettext_lazy

from contacts.notices import CONTACT, USER_ACTIVATION
from helpdesk.jobs.models import Job
from helpdesk.outbox.models import State

AGAIN_AFTER = timedelta(hours=24)
"""A whole view is not written to twice a day, whatever is repeated."""

READY = "ready"
REASONS: Mapping[str, str] = {
    "gone": gettext_noop("not found"),
    "deleted": gettext_noop("deleted in the meantime"),
    "blocked": gettext_noop("blocked contact"),
    "verified": gettext_noop("already verified"),
    "agent": gettext_noop("works here as an agent and signs in at the agents' page"),
    "noemail": gettext_noop("no email"),
    "recent": gettext_noop("sent within 24 hours"),
}
"""Why somebody is skipped, in the order in which it is asked: the first reason counts."""

RECENT = REASONS["recent"]

COUNTED: Mapping[str, str | Promise] = {
    "gone": gettext_lazy("not found"),
    "deleted": pgettext_lazy("why a contact gets no email", "deleted"),
    "blocked": pgettext_lazy("why a contact gets no email", "blocked"),
    "verified": gettext_lazy("already verified"),
    "agent": gettext_lazy("agents"),
    "noemail": gettext_lazy("no email"),
    "recent": gettext_lazy("sent within 24 hours"),
}
"""The same behind a number: "61 no email"."""


def counted(job: Job) -> Counter[str]:
    """READY and each reason that occurs → how many of the job's selection; one query."""
    return Counter(dict(_asked(f"SELECT standing, count(*) FROM ({_STANDINGS}) AS looked GROUP BY standing", job)))  # noqa: S608


def first_ready(job: Job) -> int | None:
    """The first contact of the job's selection who can be written to; None where nobody can."""
    ready = f"SELECT contact_id, 1 FROM ({_STANDINGS}) AS looked WHERE standing = 'ready' ORDER BY number LIMIT 1"  # noqa: S608
    found = _asked(ready, job)
    return found[0][0] if found else None


def standings(job: Job, first: int, last: int) -> dict[int, str]:
    """Number → READY or a reason, of these rows of the job; one query."""
    between = f"{_STANDINGS} AND t.number BETWEEN %(first)s AND %(last)s"
    return {number: standing for number, _contact, standing in _asked(between, job, first=first, last=last)}


def _asked(statement: str, job: Job, **values: int) -> list[tuple[Any, ...]]:
    since = connection.ops.adapt_datetimefield_value(timezone.now() - AGAIN_AFTER)
    known = {"job": job.pk, "kind": CONTACT, "notice": USER_ACTIVATION.code, "since": since, **_NEVER_LEFT}
    with connection.cursor() as cursor:
        cursor.execute(statement, {**known, **values})
        return list(cursor.fetchall())


_NEVER_LEFT = {"failed": State.FAILED.value, "cancelled": State.CANCELLED.value, "skipped": State.SKIPPED.value}

# Lower case is the key but for a Hangul domain in its other spelling: that one the verb still finds, which asks by key.
_STANDINGS = """SELECT t.number, c.id AS contact_id, CASE
        WHEN c.id IS NULL THEN 'gone'
        WHEN c.deleted_at IS NOT NULL THEN 'deleted'
        WHEN c.blocked_at IS NOT NULL THEN 'blocked'
        WHEN c.verified_at IS NOT NULL THEN 'verified'
        WHEN u.role <> '' THEN 'agent'
        WHEN a.id IS NULL THEN 'noemail'
        WHEN EXISTS (
            SELECT 1 FROM outbox_outgoingemail l
            WHERE l.about_kind = %(kind)s AND l.about_id = c.id AND l.notice = %(notice)s
                AND lower(l.to_email) = lower(a.email) AND l.created_at > %(since)s
                AND l.state NOT IN (%(failed)s, %(cancelled)s, %(skipped)s)) THEN 'recent'
        ELSE 'ready' END AS standing
    FROM jobs_jobtarget t LEFT JOIN contacts_contact c ON c.id = t.target_id
        LEFT JOIN contacts_address a ON a.contact_id = c.id AND a.is_primary
        LEFT JOIN users_user u ON u.id = c.user_id
    WHERE t.job_id = %(job)s"""
