"""How the mail server is doing (PRODUCT 3.10): five failures in a row pause everything, one worker probes each minute."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from helpdesk.outbox.models import MailChannel

FAILURES_TO_PAUSE = 5
BETWEEN_TRIES = timedelta(seconds=5)
BETWEEN_PROBES = timedelta(seconds=60)
NOWHERE = "helpdesk.outbox.eml.NoMailServer"

log = structlog.get_logger("helpdesk.outbox")


def leads_somewhere() -> bool:
    """Whether there is a mail server, or something that plays one."""
    return settings.EMAIL_BACKEND != NOWHERE


def load() -> MailChannel:
    return MailChannel.objects.get_or_create(pk=1)[0]


def may_try() -> bool:
    """Whether to send now. After failures only one worker gets a yes, and only once the pause is over."""
    channel = load()
    if not channel.failures:
        return True
    wait = BETWEEN_PROBES if channel.paused_at else BETWEEN_TRIES
    return bool(_rows().filter(Q(probe_at=None) | Q(probe_at__lte=Now())).update(probe_at=Now() + wait))


def is_ready() -> bool:
    """Whether a try would be allowed now; asks without taking it."""
    return not _rows().filter(failures__gt=0, probe_at__gt=Now()).exists()


def is_troubled() -> bool:
    """Whether the last try failed."""
    return _rows().filter(failures__gt=0).exists()


def note_failure(words: str) -> None:
    """Count one; pause at the fifth in a row."""
    load()
    _rows().update(failures=F("failures") + 1, last_error=words[:2000], probe_at=Now() + BETWEEN_TRIES)
    enough = _rows().filter(failures__gte=FAILURES_TO_PAUSE)
    if enough.filter(paused_at=None).update(paused_at=Now()):
        log.warning("mail_paused", words=words)
    enough.update(probe_at=Now() + BETWEEN_PROBES)


def note_success() -> None:
    """The server took something (or let us in, when probed): begin anew."""
    if _rows().filter(paused_at__isnull=False).exists():
        log.warning("mail_resumed")
    _rows().update(failures=0, paused_at=None, probe_at=None, last_success_at=Now())


def _rows() -> QuerySet[MailChannel]:
    return MailChannel.objects.filter(pk=1)
