"""What must hold after every fault and at the end of every flow (RELIABILITY "Invariants"): of them, what exists so far.

`check_invariants()` in a test; `python -m tests.faults.invariants` with a house's environment.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

import django

STALE = timedelta(seconds=30)


def check_invariants(*, accepted: Iterable[str] = (), audited: bool = True) -> None:
    """Fail with every broken invariant by name. `accepted`: the Message-IDs that a mail server took, repeats included."""
    broken = [f"{check.__name__}: {line}" for check in CHECKS for line in check()]
    broken += _accepted_twice(accepted)
    if audited:
        broken += list(i8_acts_are_recorded())
    assert not broken, "\n".join(broken)


def i1_no_two_people_share_an_address() -> Iterator[str]:
    from django.db.models import Count

    from contacts.models import Address
    from helpdesk.users.addresses import address_key

    for row in Address.objects.values("key").annotate(n=Count("pk")).filter(n__gt=1):
        yield f"{row['key']} {row['n']} times"
    for address in Address.objects.all():
        if address_key(address.email) != address.key:
            yield f"{address.email} is kept under {address.key}"


def i3_each_letter_has_one_fate() -> Iterator[str]:
    from django.db.models import Count, Q

    from helpdesk.outbox.models import FINAL, WAITING, OutgoingEmail

    for row in OutgoingEmail.objects.values("cause").annotate(n=Count("pk")).filter(n__gt=1):
        yield f"cause {row['cause']} has {row['n']} letters"
    ended = Q(finished_at__isnull=False)
    for letter in OutgoingEmail.objects.exclude(Q(state__in=FINAL) & ended | Q(state__in=WAITING) & ~ended):
        yield f"letter {letter.pk} is {letter.state}, finished_at {letter.finished_at}"
    for letter in OutgoingEmail.objects.filter(state="sent").filter(Q(handoff_at=None) | Q(message_id="")):
        yield f"letter {letter.pk} is sent but never went through handoff"


def i4_nothing_is_stuck() -> Iterator[str]:
    from django.db.models import Q
    from django.db.models.functions import Now

    from helpdesk.outbox.models import WAITING, OutgoingEmail, State

    for letter in OutgoingEmail.objects.filter(state__in=WAITING, lease_until__lt=Now() - STALE):
        yield f"letter {letter.pk} is {letter.state} under a lease that ended at {letter.lease_until}"
    without = Q(state__in=(State.CLAIMED, State.HANDOFF)) & (Q(lease_until=None) | Q(worker=""))
    for letter in OutgoingEmail.objects.filter(without):
        yield f"letter {letter.pk} is {letter.state} with nobody's lease"


def i8_acts_are_recorded() -> Iterator[str]:
    """Where a row tells of an act, the log does too. Rows that tests made without the verbs have no record."""
    from django.db.models import Exists, OuterRef

    from helpdesk.audit.models import AuditEntry
    from helpdesk.outbox.models import OutgoingEmail

    told = AuditEntry.objects.filter(action="letter.resend", target_id=OuterRef("resent_from_id"))
    for letter in OutgoingEmail.objects.filter(resent_from__isnull=False).exclude(Exists(told)):
        yield f"letter {letter.pk} was sent again without a trace"


def i10_one_live_link_each() -> Iterator[str]:
    from django.db.models import Count

    from helpdesk.outbox.models import SecretLink

    live = SecretLink.objects.live().order_by().values("purpose", "subject_kind", "subject_id")
    for row in live.annotate(n=Count("pk")).filter(n__gt=1):
        yield f"{row}"


def i11_one_primary_each() -> Iterator[str]:
    from django.db.models import Count, Q

    from contacts.models import Contact

    primaries = Count("addresses", filter=Q(addresses__is_primary=True))
    rows = Contact.objects.order_by().values("pk").annotate(n=Count("addresses"), primaries=primaries)
    for row in rows.filter(n__gt=0).exclude(primaries=1):
        yield f"contact {row['pk']} has {row['primaries']} primary of {row['n']} addresses"


CHECKS: tuple[Callable[[], Iterator[str]], ...] = (
    i1_no_two_people_share_an_address,
    i3_each_letter_has_one_fate,
    i4_nothing_is_stuck,
    i10_one_live_link_each,
    i11_one_primary_each,
)


def _accepted_twice(accepted: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [f"i3: {mail} was accepted twice" for mail in accepted if mail in seen or seen.add(mail)]  # type: ignore[func-returns-value]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    django.setup()
    try:
        check_invariants()
    except AssertionError as broken:
        sys.exit(str(broken))
