"""The state of a contact in a few words: verified or not, and what became of the activation email."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from helpdesk.outbox.history import LatestLetter
from helpdesk.outbox.models import WAITING, State

Kind = Literal["success", "warning", "danger", "info", "muted"]


@dataclass(frozen=True)
class Badge:
    """A state in a word, its colour, and what is to be said beside it ("sent 14:02"); "" for nothing.

    `is_trouble`: somebody should look at it. `is_waiting`: the letter is under way, look again soon.
    """

    kind: Kind
    text: str
    detail: str = ""
    is_trouble: bool = False
    is_waiting: bool = False


def badge_of(
    *,
    verified_at: datetime | None,
    blocked_at: datetime | None,
    deleted_at: datetime | None,
    has_email: bool,
    letter: LatestLetter | None,
) -> Badge:
    """As the list shows it; `letter` is the newest activation email."""
    if deleted_at:
        return Badge("muted", _("Deleted"))
    if blocked_at:
        return Badge("danger", _("Blocked"))
    if verified_at:
        return Badge("success", _("Verified"))
    detail, is_trouble = fate_of(letter) if has_email else (_("no email"), False)
    is_waiting = letter is not None and letter.state in WAITING
    return Badge("warning", _("Unverified"), detail, is_trouble, is_waiting)


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
        return pgettext("activation email", "failed"), True
    return pgettext("activation email", "not sent"), False


def _fate_of_sent(letter: LatestLetter, in_list: bool) -> tuple[str, bool]:
    if letter.used_at:
        return pgettext("activation email", "link used"), False
    if letter.expires_at and letter.expires_at <= timezone.now():
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
