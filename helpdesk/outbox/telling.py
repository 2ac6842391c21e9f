"""Letters as a timeline shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.outbox.history import LatestLetter, history_of
from helpdesk.outbox.models import LINK_PLACEHOLDER, UNTIL_PLACEHOLDER, WAITING, OutgoingEmail, State
from helpdesk.outbox.notices import CATALOGUE
from helpdesk.timeline import sources
from helpdesk.timeline.sources import Asked, Event, TimelineSource

A_WHILE = timedelta(minutes=1)


@dataclass(frozen=True)
class Sent:
    """A letter: what it was, where it went, what became of it, who wanted it, and why if it did not arrive.

    `ended_at`: when it was sent or given up, where that was not at once.
    """

    what: str | Promise
    to_email: str
    state: str | Promise
    is_trouble: bool
    ended_at: datetime | None
    requested_by: str
    reason: str


def letters(asked: Asked) -> list[Event]:
    """By number: letters are numbered as they are written."""
    before = asked.after.id if asked.after else None
    return events_of(history_of(asked.subject_kind, asked.subject_id, limit=asked.limit, before=before))


def events_of(letters: Iterable[LatestLetter]) -> list[Event]:
    return [
        Event(
            at=letter.created_at,
            id=letter.id,
            icon="mail",
            template="timeline/_letter.html",
            tell=partial(_sent, letter),
        )
        for letter in letters
    ]


def tell_about(kind: str) -> None:
    """Show letters in the timelines of `kind`: rooms whose things get letters ask for it in `ready()`."""
    known = sources.SOURCES.get("letters")
    subjects = (*(known.subjects if known else ()), kind)
    sources.register(
        TimelineSource(
            name="letters",
            kinds={"letters": _("Emails")},
            events=letters,
            subjects=subjects,
            facts=_facts,
            files=files_of,
        )
    )


def files_of(ids: Collection[int]) -> Iterator[tuple[str, str]]:
    """The letters themselves, as text and as HTML; where a secret link stood there is none."""
    for letter in OutgoingEmail.objects.filter(pk__in=ids).order_by("-pk"):
        head = f"{letter.created_at:%Y-%m-%d %H:%M:%S%z}\n{letter.to_name} <{letter.to_email}>\n{letter.subject}\n\n"
        yield f"letters/{letter.pk}.txt", head + _without_link(letter.text)
        yield f"letters/{letter.pk}.html", _without_link(letter.html)


def _without_link(text: str) -> str:
    return text.replace(LINK_PLACEHOLDER, "[link]").replace(UNTIL_PLACEHOLDER, "[…]")


def _facts(told: Sent) -> dict[str, Any]:
    return {
        "what": str(told.what),
        "to": told.to_email,
        "state": str(told.state),
        "ended_at": told.ended_at,
        "requested_by": told.requested_by,
        "reason": told.reason,
    }


def _sent(letter: LatestLetter) -> Sent:
    notice = CATALOGUE.get(letter.notice)
    took_long = letter.at - letter.created_at > A_WHILE
    is_waiting, is_trouble = letter.state in WAITING, letter.state in (State.FAILED, State.UNKNOWN)
    return Sent(
        what=notice.name if notice else letter.subject,
        to_email=letter.to_email,
        state=_("On its way") if is_waiting else letter.state.label,
        is_trouble=is_trouble,
        ended_at=letter.at if took_long and not is_waiting else None,
        requested_by=letter.requested_by,
        reason=letter.reason or (letter.server_reply if is_trouble else ""),
    )
