"""What the sweeper does for letters: gives back what dead workers held, rings for what is due."""

from __future__ import annotations

import threading

import structlog
from django.db import connections
from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from helpdesk.outbox import channel, delivery
from helpdesk.outbox.models import OutgoingEmail, State
from helpdesk.outbox.tasks import deliver
from helpdesk.outbox.watching import watched
from helpdesk.workers.bell import ring

WORKER_GONE = _("The worker stopped while the mail server had this letter. It may or may not have arrived.")

log = structlog.get_logger("helpdesk.outbox")
_helper: threading.Thread | None = None


def give_back_abandoned() -> None:
    """Letters of dead workers: those not yet handed over wait again, those at the mail server's door are unknown."""
    abandoned = OutgoingEmail.objects.abandoned()
    abandoned.filter(state=State.CLAIMED).update(state=State.QUEUED, worker="", lease_until=None)
    # `worker` stays: should it come back with the server's answer, that answer is worth more than "unknown".
    lost = list(abandoned.filter(state=State.HANDOFF).only("notice", "about_id"))
    with watched(lost):
        abandoned.filter(state=State.HANDOFF, pk__in=[letter.pk for letter in lost]).update(
            state=State.UNKNOWN, finished_at=Now(), lease_until=None, reason=WORKER_GONE
        )


def ring_for_due() -> None:
    """Ring if letters wait and may go; where nobody hears the bell, send them from here."""
    if channel.leads_somewhere() and _something_waits() and channel.is_ready() and not ring(deliver):
        _deliver_aside()


def _something_waits() -> bool:
    return OutgoingEmail.objects.due().exists() or channel.is_troubled()


def _deliver_aside() -> None:
    """In a thread of its own, one at a time: the sweeper must go on giving signs of life."""
    global _helper  # noqa: PLW0603 (the process has one)
    if _helper is None or not _helper.is_alive():
        _helper = threading.Thread(target=_deliver_once, name="outbox", daemon=True)
        _helper.start()


def _deliver_once() -> None:
    try:
        delivery.deliver_due()
    except Exception:
        log.exception("delivery_failed")
    finally:
        connections.close_all()
