"""What must hold after every fault and at the end of every flow (RELIABILITY "Invariants"): of them, what exists so far.

`check_invariants()` in a test; `python -m tests.faults.invariants [LIST]` with a house's environment, LIST being what the
counting mail server wrote of the mails it took.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import django

from tests.faults.recorded import i8_acts_are_recorded

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


def i2_each_job_row_has_one_outcome() -> Iterator[str]:
    from collections import Counter

    from helpdesk.jobs.models import Job

    for job in Job.objects.exclude(rows=None):
        if (found := Counter(job.rows.exclude(outcome="").values_list("outcome", flat=True))) != Counter(job.totals):
            yield f"job {job.pk} counts {job.totals}, its rows {dict(found)}"
    for job in Job.objects.filter(state="done", total__isnull=False).exclude(total=0):
        if job.total != sum(job.totals.values()):
            yield f"job {job.pk} is done with {job.totals} of {job.total}"


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

    from helpdesk.jobs.models import Job
    from helpdesk.outbox.models import WAITING, OutgoingEmail, State

    for letter in OutgoingEmail.objects.filter(state__in=WAITING, lease_until__lt=Now() - STALE):
        yield f"letter {letter.pk} is {letter.state} under a lease that ended at {letter.lease_until}"
    for job in Job.objects.filter(lease_until__lt=Now() - STALE):
        yield f"job {job.pk} is {job.state} under a lease that ended at {job.lease_until}"
    without = Q(state__in=(State.CLAIMED, State.HANDOFF)) & (Q(lease_until=None) | Q(worker=""))
    for letter in OutgoingEmail.objects.filter(without):
        yield f"letter {letter.pk} is {letter.state} with nobody's lease"


def i5_one_job_a_slot() -> Iterator[str]:
    from django.db.models import Count

    from helpdesk.jobs.models import Job
    from helpdesk.jobs.states import HOLDING

    held = Job.objects.filter(state__in=HOLDING).exclude(slot="").order_by().values("slot").annotate(n=Count("pk"))
    for row in held.filter(n__gt=1):
        yield f"{row['n']} jobs hold {row['slot']}"


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


def whoever_was_merged_away_is_nobody() -> Iterator[str]:
    """Nothing of theirs stays behind: it is the survivor's, who is somebody. A second sign-in stays with them, closed."""
    from django.db.models import F, Q

    from contacts.followers import FOLLOWERS
    from contacts.models import Contact, Merge

    gone = Contact.objects.filter(merged_into__isnull=False)
    for contact in gone.filter(
        Q(user__is_active=True) | Q(addresses__isnull=False) | Q(merged_into=F("pk"))
    ).distinct():
        yield f"contact {contact.pk} was merged into {contact.merged_into_id} and still has an open sign-in or an address"
    for contact in gone.filter(merged_into__merged_into__isnull=False):
        yield f"contact {contact.pk} leads to {contact.merged_into_id}, who was merged away as well"
    ids = set(gone.values_list("pk", flat=True))
    for follower in FOLLOWERS.values() if ids else ():
        yield from (f"contact {pk} kept {n} {follower.name}" for pk, n in follower.counts(ids).items() if n)
    kept = Merge.objects.filter(snapshot__isnull=False).values_list("snapshot", flat=True)
    for pk in {one["id"] for snapshot in kept for one in (snapshot or {})["others"]} - ids:
        yield f"contact {pk} could be brought back, but is no one's"


def no_company_is_in_both_places() -> Iterator[str]:
    """The default company is none of the further ones (ADR 0007)."""
    from django.db.models import F

    from contacts.models import Membership

    for row in Membership.objects.filter(contact__company=F("company")):
        yield f"company {row.company_id} is the default one of contact {row.contact_id} and a further one"


def tags_are_kept_once_and_used() -> Iterator[str]:
    from contacts.models import Tag
    from contacts.tag_names import tag_key

    for tag in Tag.objects.all():
        if tag.key != tag_key(tag.name):
            yield f"{tag.name!r} is kept under {tag.key!r}"
    for tag in Tag.objects.filter(taggings=None):
        yield f"nobody has {tag.name!r}"


def chips_say_what_letters_say() -> Iterator[str]:
    """What a moment's passing changes is left to the sweeper, and so is a lost worker's late answer."""
    from django.utils import timezone

    from contacts.badges import activation_of
    from contacts.models import Address, Contact
    from contacts.notices import CONTACT, USER_ACTIVATION
    from helpdesk.outbox.history import letters_about

    settled = Contact.objects.unverified().exclude(activation_due__lte=timezone.now())
    settled = settled.exclude(activation="unknown", activation_due__isnull=False)
    people = dict(settled.values_list("pk", "activation"))
    letters = letters_about(CONTACT, list(people), notices=[USER_ACTIVATION.code])
    reachable = set(Address.objects.filter(is_primary=True).values_list("contact_id", flat=True))
    for pk, chip in people.items():
        if chip != (true := activation_of(letters.get(pk), has_email=pk in reachable)):
            yield f"contact {pk} is shown as {chip}, its letters say {true}"


CHECKS: tuple[Callable[[], Iterator[str]], ...] = (
    i1_no_two_people_share_an_address,
    i2_each_job_row_has_one_outcome,
    i3_each_letter_has_one_fate,
    i4_nothing_is_stuck,
    i5_one_job_a_slot,
    i10_one_live_link_each,
    i11_one_primary_each,
    whoever_was_merged_away_is_nobody,
    no_company_is_in_both_places,
    tags_are_kept_once_and_used,
    chips_say_what_letters_say,
)


def _accepted_twice(accepted: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [f"i3: {mail} was accepted twice" for mail in accepted if mail in seen or seen.add(mail)]  # type: ignore[func-returns-value]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    django.setup()
    try:
        taken = Path(sys.argv[1]).read_text().splitlines() if sys.argv[1:] else []
        check_invariants(accepted=[json.loads(line)["id"] for line in taken])
    except AssertionError as broken:
        sys.exit(str(broken))
