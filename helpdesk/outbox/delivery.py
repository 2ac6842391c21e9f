"""Sending what is due: claim, commit that a letter is about to go, send, write its fate (RELIABILITY "Letters")."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import structlog
from django.db import DatabaseError

from helpdesk.outbox import channel, claims
from helpdesk.outbox.claims import BATCH, Claim
from helpdesk.outbox.composing import composed, message_id_for
from helpdesk.outbox.filling import FreshLink, filled, fresh_link
from helpdesk.outbox.lines import Line, line_out
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.outbox.outcomes import ChannelDownError, Fate, Moments, Outcome
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


@dataclass(frozen=True)
class Parcel:
    """A letter packed for the line, its token made; `fault` says why it cannot be a mail."""

    letter: OutgoingEmail
    link: FreshLink | None
    message_id: str
    packed: Any = None
    fault: str = ""


class Handover:
    """The commit that one letter goes out now: made once, however often a line asks, and good while the lease lasts."""

    def __init__(self, commit: Callable[[], bool]) -> None:
        self._commit = commit
        self._asked = False
        self._ends = 0.0
        self.is_made = False

    def make(self) -> bool:
        if not self._asked:
            self._asked = True
            self._ends = time.monotonic() + claims.lease().total_seconds()
            self.is_made = self._commit()
            if self.is_made:
                faultpoint("outbox.after_handoff")
        return self.is_made

    def is_in_time(self) -> bool:
        return time.monotonic() < self._ends


class Round:
    """One claim's letters over one line. While the server thinks about a letter, the next one is packed."""

    def __init__(self, claim: Claim, line: Line) -> None:
        self._claim = claim
        self._line = line
        self._has_worked = False
        self._next: Parcel | None = None

    def go(self) -> None:
        """Send each; a line that is down ends the round, and the rest goes back as it was."""
        letters = iter(self._claim.letters)
        try:
            self._pack(letters)
            while parcel := self._next:
                self._deliver(parcel, partial(self._pack, letters))
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

    def _deliver(self, parcel: Parcel, pack_next: Callable[[], None]) -> None:
        self._claim.keep()
        if parcel.fault:
            self._claim.settle(parcel.letter, Outcome(Fate.REFUSED, parcel.fault))
        else:
            self._ensure_line()
            handover = Handover(partial(self._hand_over, parcel))
            outcome = self._offer(parcel, Moments(handover.make, handover.is_in_time, pack_next))
            faultpoint("outbox.after_accept")
            self._settle(parcel.letter, outcome, handover)
        if self._next is parcel:
            pack_next()

    def _pack(self, letters: Iterator[OutgoingEmail]) -> None:
        """Make the next letter ready; None when there is none."""
        letter = next(letters, None)
        self._next = self._parcel(letter) if letter else None

    def _parcel(self, letter: OutgoingEmail) -> Parcel:
        link, message_id = fresh_link(letter), message_id_for(letter)
        try:
            packed = self._line.pack(composed(letter, filled(letter, link), message_id))
        except ValueError as error:  # a header or address that no mail can have
            return Parcel(letter, None, message_id, fault=str(error))
        return Parcel(letter, link, message_id, packed)

    def _offer(self, parcel: Parcel, moments: Moments) -> Outcome:
        """Many servers end a connection after some letters: what it did not take is offered once more on a new one.

        A server that took others, greets us anew, and hangs up again once it hears the recipient, means this letter.
        """
        outcome = self._line.send(parcel.packed, moments)
        if not (outcome.blames_channel and self._has_worked):
            return outcome
        self._has_worked = False
        try:
            self._line.open()
        except ChannelDownError as error:
            return Outcome(Fate.WITHHELD, str(error), blames_channel=True)
        again = self._line.send(parcel.packed, moments)
        return replace(again, fate=Fate.DEFERRED) if again.may_be_its_own else again

    def _ensure_line(self) -> None:
        if not self._line.is_open:
            self._claim.finish()
            self._line.open()

    def _hand_over(self, parcel: Parcel) -> bool:
        """False also where the app's own check broke: that letter is tried later, the others go on."""
        try:
            return self._claim.hand_over(parcel.letter, parcel.link, parcel.message_id)
        except DatabaseError:
            raise
        except Exception as error:  # whatever an app's hook throws
            log.exception("letter_check_failed", letter=parcel.letter.pk)
            self._claim.put_off(parcel.letter, repr(error))
            return False

    def _settle(self, letter: OutgoingEmail, outcome: Outcome, handover: Handover) -> None:
        """A letter that was never handed over is as it was: claimed, skipped, or somebody else's."""
        if handover.is_made:
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
