"""How far each unverified contact's invitation is, kept where the list can find it among a million (ADR 0021).

Letters, links and addresses are the truth (`contacts.badges.activation_of`); `Contact.activation` repeats it, written in
the transaction that changes them. What time alone changes is looked at again when it is due.
"""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from contacts.badges import activation_of
from contacts.models import Address, Contact
from contacts.notices import CONTACT, USER_ACTIVATION
from helpdesk.exchange.rows import change, moment
from helpdesk.outbox.history import LatestLetter, letters_about
from helpdesk.outbox.models import WAITING, State, lifetime
from helpdesk.outbox.watching import WATCHERS, Watcher

AT_ONCE = 500
CHECKED_AN_HOUR = 5000
LATE_ANSWERS = timedelta(minutes=10)
"""How long after a worker was given up it may still come back with the server's answer."""


def register_all() -> None:
    """Called once, at the start."""
    WATCHERS[USER_ACTIVATION.code] = Watcher(hold=hold, keep_up=_write)


def hold(ids: Collection[int]) -> None:
    """Lock these contacts, in one order for everybody, until the transaction ends."""
    rows = Contact.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk")
    list(rows.values_list("pk", flat=True))


@transaction.atomic(savepoint=False)
def settle(ids: Collection[int]) -> int:
    """Make `activation` of these contacts what is true now; returns how many were not."""
    hold(ids)
    return _write(ids)


def look_again() -> int:
    """Settle those whose moment has come: links that expired, letters of which nothing was heard."""
    due = Contact.objects.filter(activation_due__lte=timezone.now()).order_by("activation_due", "pk")
    ids = list(due.values_list("pk", flat=True)[:AT_ONCE])
    return settle(ids) if ids else 0


def look_around() -> int:
    """Each hour settle some, wherever: should the record and the truth ever have parted, they meet again."""
    last = Contact.objects.aggregate(last=Max("pk"))["last"] or 0
    some = Contact.objects.unverified().filter(pk__gte=random.randint(0, last)).order_by("pk")  # noqa: S311
    ids = list(some.values_list("pk", flat=True)[:CHECKED_AN_HOUR])
    return sum(settle(ids[start : start + AT_ONCE]) for start in range(0, len(ids), AT_ONCE))


def _write(ids: Collection[int]) -> int:
    """Four queries, three where all is as it should be."""
    letters = letters_about(CONTACT, ids, notices=[USER_ACTIVATION.code])
    reachable = set(Address.objects.filter(contact__in=ids, is_primary=True).values_list("contact_id", flat=True))
    changed = []
    for contact in Contact.objects.filter(pk__in=ids).only("activation", "activation_due").order_by("pk"):
        letter, before = letters.get(contact.pk), (contact.activation, contact.activation_due)
        contact.activation = activation_of(letter, has_email=contact.pk in reachable)
        contact.activation_due = _due(letter) if letter else None
        if before != (contact.activation, contact.activation_due):
            changed.append(contact)
    rows = [(contact.pk, contact.activation, moment(contact.activation_due)) for contact in changed]
    change("contacts_contact", {"activation": "text", "activation_due": "timestamptz"}, rows)
    return len(changed)


def _due(letter: LatestLetter) -> datetime | None:
    """When time alone may have changed what is true; always in the future."""
    now = timezone.now()
    if letter.state in WAITING:
        return max(letter.created_at + lifetime(0), now + timedelta(hours=1))
    if letter.state == State.UNKNOWN and letter.at > now - LATE_ANSWERS:
        return letter.at + LATE_ANSWERS
    if letter.state == State.SENT and not letter.used_at and not letter.revoked_at:
        return letter.expires_at if letter.expires_at and letter.expires_at > now else None
    return None
