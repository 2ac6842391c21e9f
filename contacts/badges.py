"""The state of a contact in a few words: verified or not, and what became of the activation email."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Literal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from contacts.models import Contact
from helpdesk.outbox.history import LatestLetter
from helpdesk.outbox.models import WAITING, State
from helpdesk.ui.moments import listed

SOON = timedelta(minutes=30)
Kind = Literal["success", "warning", "danger", "info", "muted"]


@dataclass(frozen=True)
class Badge:
    """A state in a word, its colour, what is to be said beside it ("sent 14:02"), and since when; "" for nothing.

    `is_trouble`: somebody should look at it. `is_waiting`: the letter is under way or its link about to expire, look again soon.
    """

    kind: Kind
    text: str
    detail: str = ""
    is_trouble: bool = False
    is_waiting: bool = False
    since: str = ""


def activation_of(letter: LatestLetter | None, *, has_email: bool) -> Contact.Activation:
    """How far the invitation of somebody unverified is now. `letter` is the newest activation email; one under way counts as sent."""
    if not has_email:
        return Contact.Activation.NO_EMAIL
    if letter is None or letter.state in (State.CANCELLED, State.SKIPPED):
        return Contact.Activation.NEVER
    if letter.state in (State.FAILED, State.UNKNOWN):
        return Contact.Activation(letter.state.value)
    return Contact.Activation.EXPIRED if is_dead(letter) else Contact.Activation.SENT


def is_dead(letter: LatestLetter) -> bool:
    """Whether its link lets nobody in any more, though nobody used it: too old, or revoked."""
    is_old = letter.expires_at is not None and letter.expires_at <= timezone.now()
    return not letter.used_at and (is_old or letter.revoked_at is not None)


def died_at(letter: LatestLetter) -> datetime | None:
    """Since when its link lets nobody in any more; None where it still does, or was used."""
    died = [moment for moment in (letter.expires_at, letter.revoked_at) if moment]
    return min(died) if died and is_dead(letter) else None


def badge_of(
    *,
    verified_at: datetime | None,
    blocked_at: datetime | None,
    deleted_at: datetime | None,
    has_email: bool,
    letter: LatestLetter | None,
) -> Badge:
    """As the list shows it; `letter` is the newest activation email."""
    common = _common(get_language() or "")
    if deleted_at:
        return common["deleted"]
    if blocked_at:
        return common["blocked"]
    if verified_at:
        return common["verified"]
    if letter is None:
        return common["never sent" if has_email else "no email"]
    detail, is_trouble = fate_of(letter) if has_email else (_("no email"), False)
    is_waiting = letter.state in WAITING or _ends_soon(letter)
    return Badge("warning", _("Unverified"), detail, is_trouble, is_waiting, since=listed(_turned(letter)))


def _turned(letter: LatestLetter) -> datetime:
    """When the letter came to be what it is: a dead link died after it was sent."""
    return died_at(letter) or letter.at


def _ends_soon(letter: LatestLetter) -> bool:
    return bool(letter.expires_at and SOON > letter.expires_at - timezone.now() > timedelta())


@cache
def _common(language: str) -> dict[str, Badge]:
    """The badges that most rows of a list show, worded once per `language`, which is the one spoken now."""
    return {
        "deleted": Badge("muted", _("Deleted")),
        "blocked": Badge("danger", _("Blocked")),
        "verified": Badge("success", _("Verified")),
        "no email": Badge("warning", _("Unverified"), _("no email")),
        "never sent": Badge("warning", _("Unverified"), pgettext("activation email", "never sent")),
    }


def fate_of(letter: LatestLetter | None, *, in_list: bool = True) -> tuple[str, bool]:
    """What became of an activation email, and whether somebody should look at it; with the moment in a list."""
    if letter is None:
        return pgettext("activation email", "never sent"), False
    if letter.state in WAITING:
        return pgettext("activation email", "being sent"), False
    if letter.state == State.SENT:
        return _fate_of_sent(letter, in_list)
    if letter.state == State.UNKNOWN:
        return pgettext("activation email", "unknown whether sent"), True
    if letter.state == State.FAILED:
        return _failed(letter, in_list), True
    return pgettext("activation email", "not sent"), False


def _failed(letter: LatestLetter, in_list: bool) -> str:
    if not in_list:
        return pgettext("activation email", "failed")
    return pgettext("activation email", "failed %(when)s") % {"when": short_moment(letter.at)}


def _fate_of_sent(letter: LatestLetter, in_list: bool) -> tuple[str, bool]:
    if letter.used_at:
        return pgettext("activation email", "link used"), False
    if is_dead(letter):
        return pgettext("activation email", "link expired"), in_list
    if letter.opened_at:
        return pgettext("activation email", "link opened"), False
    if not in_list:
        return pgettext("activation email", "sent"), False
    return pgettext("activation email", "sent %(when)s") % {"when": short_moment(letter.at)}, False


def short_moment(moment: datetime) -> str:
    """14:02 today, 11-22 this year, 2025-11-22 before."""
    local, today = timezone.localtime(moment), timezone.localdate()
    if local.date() == today:
        return date_format(local, "H:i")
    return date_format(local, "m-d" if local.year == today.year else "Y-m-d")
