"""What the outbox page and the page of notices ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.audit.wording import TARGETS
from helpdesk.outbox.models import WAITING, NoticeSwitch, NoticeWording, OutgoingEmail, OutgoingEmailQuerySet, State
from helpdesk.outbox.notices import CATALOGUE, Notice
from helpdesk.ui.paging import Order

NEWEST = Order("newest", "pk", descending=True)
LISTED = (
    "id",
    "notice",
    "to_email",
    "to_name",
    "subject",
    "state",
    "reason",
    "server_reply",
    "created_at",
    "finished_at",
)

FILTERS: dict[str, tuple[str | Promise, Sequence[str]]] = {
    "waiting": (_("Waiting"), WAITING),
    "sent": (pgettext_lazy("letter", "Sent"), (State.SENT,)),
    "failed": (pgettext_lazy("letter", "Failed"), (State.FAILED,)),
    "unknown": (pgettext_lazy("letter", "Unknown"), (State.UNKNOWN,)),
    "skipped": (_("Skipped"), (State.SKIPPED,)),
    "cancelled": (_("Cancelled"), (State.CANCELLED,)),
}
"""`?state=` → what the chip says, which states it shows."""


@dataclass(frozen=True)
class Switchable:
    """A notice of the catalogue and how it stands; `reworded` names the languages that have an admin's words."""

    notice: Notice
    is_on: bool
    reworded: list[str]


def letters(*, state: str, search: str) -> OutgoingEmailQuerySet:
    """Letters in one of FILTERS (anything else: all) whose address contains `search`."""
    rows = OutgoingEmail.objects.only(*LISTED)
    if state in FILTERS:
        rows = rows.filter(state__in=FILTERS[state][1])
    return rows.filter(to_email__icontains=search) if search else rows


def switchables(audience: str) -> list[Switchable]:
    """The notices for "agent" or "requester", by name."""
    chosen = dict(NoticeSwitch.objects.values_list("notice", "is_on"))
    worded = set(NoticeWording.objects.exclude(body="").values_list("notice", "language"))
    found = [notice for notice in CATALOGUE.values() if notice.audience == audience]
    return [
        Switchable(
            notice,
            bool(notice.always) or chosen.get(notice.code, notice.is_on_by_default),
            [str(name) for language, name in settings.LANGUAGES if (notice.code, language) in worded],
        )
        for notice in sorted(found, key=lambda notice: str(notice.name))
    ]


def notice_name(code: str) -> str:
    """What the catalogue calls it; the code itself where an app has gone."""
    notice = CATALOGUE.get(code)
    return str(notice.name) if notice else code


def about_url(letter: OutgoingEmail) -> str:
    """The page of whom the letter is about; "" where there is none."""
    words = TARGETS.get(letter.about_kind)
    try:
        return reverse(words.url_name, args=[letter.about_id]) if words and words.url_name else ""
    except NoReverseMatch:
        return ""
