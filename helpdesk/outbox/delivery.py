"""Sending what is due: claim, commit that a letter is about to go, send, write its fate (RELIABILITY "Letters")."""

from __future__ import annotations

import time

import structlog
from django.core.mail import EmailMultiAlternatives
from django.db import DatabaseError

from helpdesk.outbox import channel, claims
from helpdesk.outbox.claims import BATCH, Claim
from helpdesk.outbox.composing import composed, message_id_for
from helpdesk.outbox.filling import FreshLink, filled, fresh_link
from helpdesk.outbox.lines import InTime, Line, line_out
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.outbox.outcomes import ChannelDownError, Fate, Outcome
from helpdesk.workers.faultpoints import faultpoint

SHIFT = 20.0  # seconds after which a worker turns to other work, having rung again

log = structlog.get_logger("helpdesk.outbox")


def deliver_due(*, seconds: float = SHIFT) -> bool:
    """Send batch after batch for about `seconds`; whether more is due."""
    end = time.monotonic() + seconds
    while channel.leads_somewhere() and channel.may_try():
        if deliver_batch() < BATCH:
            return False
        if time.monotonic() > end:
            return True
    return False


def deliver_batch() -> int:
    """Send up to 100 letters over one connection; returns how many were claimed. With none due a troubled line is probed."""
    claim = claims.take()
    if claim is None:
        _probe()
        return 0
    faultpoint("outbox.claimed")
    Round(claim, line_out()).go()
    return len(claim.letters)


def _probe() -> None:
    if channel.is_troubled():
        Round(Claim("", []), line_out()).probe()


class Round:
    """One claim's letters over one line."""

    def __init__(self, claim: Claim, line: Line) -> None:
        self._claim = claim
        self._line = line
        self._has_worked = False

    def go(self) -> None:
        """Send each; a line that is down ends the round, and the rest goes back as it was."""
        try:
            for letter in self._claim.letters:
                self._deliver(letter)
        except ChannelDownError as error:
            channel.note_failure(str(error))
        finally:
            self._end()

    def probe(self) -> None:
        """Only see whether the server lets us in."""
        try:
            self._line.open()
            channel.note_success()
        except ChannelDownError as error:
            channel.note_failure(str(error))
        finally:
            self._line.close()

    def _deliver(self, letter: OutgoingEmail) -> None:
        self._claim.keep()
        self._ensure_line()
        started = time.monotonic()
        link, message_id = fresh_link(letter), message_id_for(letter)
        email = composed(letter, filled(letter, link), message_id)
        if self._hand_over(letter, link, message_id):
            faultpoint("outbox.after_handoff")
            outcome = self._offer(email, lambda: time.monotonic() - started < claims.lease().total_seconds())
            faultpoint("outbox.after_accept")
            self._settle(letter, outcome)

    def _offer(self, email: EmailMultiAlternatives, in_time: InTime) -> Outcome:
        """Many servers end a connection after some letters: what it did not take is offered once more on a new one."""
        outcome = self._line.send(email, in_time)
        if not (outcome.blames_channel and self._has_worked):
            return outcome
        self._has_worked = False
        try:
            self._line.open()
        except ChannelDownError as error:
            return Outcome(Fate.WITHHELD, str(error), blames_channel=True)
        return self._line.send(email, in_time)

    def _ensure_line(self) -> None:
        if not self._line.is_open:
            self._claim.finish()
            self._line.open()

    def _hand_over(self, letter: OutgoingEmail, link: FreshLink | None, message_id: str) -> bool:
        """False also where the app's own check broke: that letter is tried later, the others go on."""
        try:
            return self._claim.hand_over(letter, link, message_id)
        except DatabaseError:
            raise
        except Exception as error:  # whatever an app's hook throws
            log.exception("letter_check_failed", letter=letter.pk)
            self._claim.put_off(letter, repr(error))
            return False

    def _settle(self, letter: OutgoingEmail, outcome: Outcome) -> None:
        self._claim.settle(letter, outcome)
        if outcome.blames_channel:
            raise ChannelDownError(outcome.words)
        if outcome.fate is Fate.ACCEPTED and not self._has_worked:
            channel.note_success()
            self._has_worked = True

    def _end(self) -> None:
        try:
            self._claim.finish()
            self._claim.release()
        finally:
            self._line.close()
