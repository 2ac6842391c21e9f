"""Why a letter that waits does not go, for whoever waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from helpdesk.outbox import channel
from helpdesk.outbox.history import LatestLetter
from helpdesk.outbox.models import MailChannel, State
from helpdesk.workers import pulse


@dataclass(frozen=True)
class Stop:
    """What holds letters up: no mail server is set, it is "paused" because it refuses, no worker lives, or it put this letter off; with its words."""

    why: Literal["no server", "paused", "no worker", "put off"]
    words: str = ""


def what_stops(letter: LatestLetter) -> Stop | None:
    """None for a letter that is on its way, and for one that waits no more. At most two queries."""
    if letter.state != State.QUEUED:
        return None
    if not channel.leads_somewhere():
        return Stop("no server")
    if paused := MailChannel.objects.filter(pk=1, paused_at__isnull=False).first():
        return Stop("paused", paused.last_error)
    if not pulse.is_felt():
        return Stop("no worker")
    return Stop("put off", letter.server_reply) if letter.server_reply else None
