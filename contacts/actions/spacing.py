"""How soon the same letter may go to the same address again, and what makes a repeated request one letter."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.models import Address
from contacts.notices import CONTACT
from contacts.queries.prospects import AGAIN_AFTER, RECENT
from helpdesk.outbox.models import OutgoingEmail, State
from helpdesk.outbox.notices import Notice
from helpdesk.users.addresses import address_key

PAUSE = timedelta(seconds=60)
NEVER_LEFT = (State.FAILED, State.CANCELLED, State.SKIPPED)


def latest_letters(notice: Notice, contact_ids: Collection[int]) -> dict[int, OutgoingEmail]:
    """The newest letter of this kind for each contact that ever got one; one query."""
    newest = (
        OutgoingEmail.objects.about(CONTACT, *contact_ids).filter(notice=notice.code)
        .order_by().values("about_id").annotate(newest=Max("pk")).values("newest")
    )  # fmt: skip
    return {letter.about_id or 0: letter for letter in OutgoingEmail.objects.filter(pk__in=newest)}


def next_cause(notice: Notice, contact_id: int, latest: OutgoingEmail | None) -> str:
    """Chained to the letter before: whoever writes the same next letter at the same moment writes the same cause."""
    return f"{notice.code}:{contact_id}:{latest.pk if latest else 0}"


def recent_letters(
    notice: Notice, contact_ids: Collection[int], *, pause: timedelta = PAUSE
) -> dict[tuple[int, str], OutgoingEmail]:
    """By contact and address key, the newest letter of this kind that left within the pause; one query."""
    moment = timezone.now() - pause
    young = (
        OutgoingEmail.objects.about(CONTACT, *contact_ids).filter(notice=notice.code, created_at__gt=moment)
        .exclude(state__in=NEVER_LEFT).order_by("pk")
    )  # fmt: skip
    return {(letter.about_id or 0, address_key(letter.to_email)): letter for letter in young.defer("text", "html")}


def too_soon(address: Address, recent: Mapping[tuple[int, str], OutgoingEmail], *, pause: timedelta = PAUSE) -> str:
    """ "" when the next letter may go to `address` now, else why not: of the PAUSE, since when and until when.

    Another address in between changes nothing: it is the mailbox that is spared.
    """
    letter = recent.get((address.contact_id or 0, address.key))
    age = timezone.now() - letter.created_at if letter else pause
    if age >= pause:
        return ""
    return _(RECENT) if pause == AGAIN_AFTER else _sentence(max(0, int(age.total_seconds())))


def _sentence(seconds: int) -> str:
    left = int(PAUSE.total_seconds()) - seconds
    sent = ngettext("Sent %(count)s second ago.", "Sent %(count)s seconds ago.", seconds) % {"count": seconds}
    again = ngettext("Again in %(count)s second.", "Again in %(count)s seconds.", left) % {"count": left}
    return f"{sent} {again}"
