"""Whose letter it is: claimed by one UPDATE, held by a lease of the database's clock, let go by fate.

Every write here names the claim in its WHERE: a worker that was taken for dead, and comes back, changes nothing.
"""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from helpdesk.outbox.filling import FreshLink
from helpdesk.outbox.handoffs import Handoff
from helpdesk.outbox.models import NOT_SENT, OutgoingEmail, State
from helpdesk.outbox.notices import CATALOGUE, StillWanted
from helpdesk.outbox.outcomes import Fate, Outcome, delay_after
from helpdesk.outbox.watching import watched

BATCH = 100
WITHHELD_FOR = timedelta(seconds=5)
Fields = dict[str, Any]


def lease() -> timedelta:
    return timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def take(limit: int = BATCH) -> Claim | None:
    """Claim up to `limit` due letters; None when none is due. Two workers never get the same one."""
    name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    due = OutgoingEmail.objects.due().select_for_update(skip_locked=True)
    with transaction.atomic():
        ids = list(due.values_list("pk", flat=True)[:limit])
        mine = OutgoingEmail.objects.filter(pk__in=ids, state=State.QUEUED)
        mine.update(state=State.CLAIMED, worker=name, lease_until=Now() + lease())
    letters = list(OutgoingEmail.objects.filter(worker=name, state=State.CLAIMED, pk__in=ids).order_by("run_at", "pk"))
    return Claim(name, letters) if letters else None


class Claim:
    """Some letters, ours while the lease lasts. `accepted` is the letter whose `sent` waits to be written along."""

    def __init__(self, name: str, letters: Sequence[OutgoingEmail]) -> None:
        self.name = name
        self.letters = letters
        self._ids = [letter.pk for letter in letters]
        self._renewed = time.monotonic()
        self._accepted: tuple[OutgoingEmail, Outcome] | None = None

    def keep(self) -> None:
        """Renew the lease of the letters still waiting, once a third of it has passed."""
        if time.monotonic() - self._renewed > lease().total_seconds() / 3:
            self._renewed = time.monotonic()
            self._rows(State.CLAIMED).update(lease_until=Now() + lease())

    def hand_over(self, letter: OutgoingEmail, link: FreshLink | None, message_id: str) -> bool:
        """Commit that `letter` is about to be sent, with the hash of its link. False: not ours any more, or not wanted."""
        words = (self._accepted[0], self._accepted[1].words) if self._accepted else None
        handoff = Handoff(self.name, letter, link, message_id, lease().total_seconds(), words)
        hook = hook_of(letter)
        if hook is None and connection.vendor == "postgresql":
            taken = handoff.commit()
        else:
            with transaction.atomic():
                reason = str(hook(letter)) if hook else ""
                taken = self._skip(letter, reason) if reason else handoff.commit()
        letter.attempts += taken
        self._accepted = None
        return taken

    def settle(self, letter: OutgoingEmail, outcome: Outcome) -> None:
        """Write what became of a letter; `sent` may wait for the next letter's handover or `finish`."""
        if outcome.fate is Fate.ACCEPTED:
            self.finish()
            self._accepted = (letter, outcome)
        else:
            self._write(letter, _fields(letter, outcome))

    def put_off(self, letter: OutgoingEmail, words: str) -> None:
        """Try a letter later that could not be checked now."""
        attempts = letter.attempts + 1
        fields = _put_back(delay_after(attempts)) or _ended(State.FAILED)
        self._change(letter, State.CLAIMED, **fields, attempts=attempts, server_reply=words[:2000])

    def finish(self) -> None:
        """Write a `sent` that still waits."""
        self._write_accepted()
        self._accepted = None

    def release(self) -> None:
        """Give back what was not sent."""
        self._rows(State.CLAIMED).update(state=State.QUEUED, worker="", lease_until=None)

    def _rows(self, *states: State) -> Any:
        """Named by id too: no index knows the worker."""
        return OutgoingEmail.objects.filter(pk__in=self._ids, worker=self.name, state__in=states)

    def _change(self, letter: OutgoingEmail, *states: State, **fields: Any) -> None:
        with watched([letter] if fields["state"] in NOT_SENT else []):
            OutgoingEmail.objects.filter(pk=letter.pk, worker=self.name, state__in=states).update(**fields)

    def _skip(self, letter: OutgoingEmail, reason: str) -> Literal[False]:
        self._write_accepted()
        self._change(letter, State.CLAIMED, **_ended(State.SKIPPED, reason=reason[:300]))
        return False

    def _write_accepted(self) -> None:
        if self._accepted:
            letter, outcome = self._accepted
            self._write(letter, _fields(letter, outcome))

    def _write(self, letter: OutgoingEmail, fields: Fields) -> None:
        """A definite answer also corrects `unknown`, unless somebody has sent the letter again (that ends our claim)."""
        self._change(letter, State.CLAIMED, State.HANDOFF, State.UNKNOWN, **fields)


def hook_of(letter: OutgoingEmail) -> StillWanted | None:
    """What the notice's own app wants to be asked just before sending; None for nothing."""
    notice = CATALOGUE.get(letter.notice)
    return notice.still_wanted if notice else None


def _fields(letter: OutgoingEmail, outcome: Outcome) -> Fields:
    """What the row says after `outcome`."""
    said: Fields = {"server_reply": outcome.words}
    if outcome.fate is Fate.ACCEPTED:
        return _ended(State.SENT, **said, reason="")
    if outcome.fate is Fate.WITHHELD:
        return {**_put_back(WITHHELD_FOR), **said, "attempts": F("attempts") - 1}
    if outcome.fate is Fate.DEFERRED and (later := _put_back(delay_after(letter.attempts))):
        return {**later, **said}
    return _ended(State.UNKNOWN if outcome.fate is Fate.UNCERTAIN else State.FAILED, **said)


def _ended(state: State, **fields: Any) -> Fields:
    return {"state": state, "finished_at": Now(), "lease_until": None, **fields}


def _put_back(delay: timedelta | None) -> Fields:
    """Queued again in `delay`; nothing for None."""
    if delay is None:
        return {}
    return {"state": State.QUEUED, "run_at": Now() + delay, "worker": "", "lease_until": None, "finished_at": None}
