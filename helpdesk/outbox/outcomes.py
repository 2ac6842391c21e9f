"""What a mail server made of one letter, and how long to wait before it is asked again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

BACK_OFF = (1, 5, 15, 60, 240, 240, 240, 240, 240)
"""Minutes before each further attempt: 21 hours in all, with jitter under 24."""

JITTER = 0.1


class Fate(Enum):
    """ACCEPTED the server has it · REFUSED for good · DEFERRED for now · UNCERTAIN nobody knows · WITHHELD as if never offered."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DEFERRED = "deferred"
    UNCERTAIN = "uncertain"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Outcome:
    """One letter's fate and the server's words. `blames_channel`: the next letter would fare no better.

    `may_be_its_own`: unless the server hung up because of this letter, whose recipient it had been told.
    """

    fate: Fate
    words: str = ""
    blames_channel: bool = False
    may_be_its_own: bool = False


@dataclass(frozen=True)
class Moments:
    """What a line asks of its user while it sends.

    `hand_over()` at any moment before the content: commits that the letter goes out now. False: it is not ours to send.
    Asked twice it answers the same. `in_time()` just before the content: whether the letter is still ours.
    `meanwhile()` once the server has the content and thinks: time for other work, which must not raise.
    """

    hand_over: Callable[[], bool]
    in_time: Callable[[], bool]
    meanwhile: Callable[[], None]


CLOSING = 421
"""“Service not available, closing transmission channel”, whatever was asked (RFC 5321, 3.8)."""


class ChannelDownError(Exception):
    """The mail server cannot be reached or does not let us in; no letter is to blame. The text is the server's or the system's."""


class NotTakenError(Exception):
    """Raised by a mail backend that surely did not take a message, and may later."""


def delay_after(attempts: int) -> timedelta | None:
    """How long to wait after that many attempts; None when it was the last."""
    if attempts > len(BACK_OFF):
        return None
    return timedelta(minutes=BACK_OFF[max(attempts, 1) - 1] * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311


def by_reply(code: int, words: str) -> Outcome:
    """The fate that an SMTP reply to one letter means: 2xx, 4xx, anything else."""
    if 200 <= code < 300:
        return Outcome(Fate.ACCEPTED, words)
    return Outcome(Fate.DEFERRED if 400 <= code < 500 else Fate.REFUSED, words, blames_channel=code == CLOSING)
