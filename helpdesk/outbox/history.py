"""What became of the letters about somebody: for lists (one query a page) and for profiles."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import BigIntegerField, F, Max

from helpdesk.outbox.models import OutgoingEmail, State
from helpdesk.ui.questions import Blank, Blanks, Question

MOST = 50
_ID = BigIntegerField()


@dataclass(frozen=True, kw_only=True)
class LatestLetter:
    """The newest letter about a subject. `at` is when it was sent (or failed …), before that when it was written.

    `expires_at`, `opened_at`, `used_at`, `revoked_at` tell of its secret link, where it carries one.
    """

    id: int
    notice: str
    state: State
    at: datetime
    to_email: str
    reason: str
    server_reply: str
    subject: str
    requested_by: str
    created_at: datetime
    expires_at: datetime | None
    opened_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


_COLUMNS = (
    "about_id",
    "id",
    "notice",
    "state",
    "created_at",
    "handoff_at",
    "finished_at",
    "to_email",
    "reason",
    "server_reply",
    "subject",
    "requested_by",
)
_TOLD = ("id", "notice", "to_email", "reason", "server_reply", "subject", "requested_by", "created_at")
_OF_LINK = {name: F(f"links__{name}") for name in ("expires_at", "opened_at", "used_at", "revoked_at")}


def letters_about(kind: str, ids: Collection[int], *, notices: Collection[str] = ()) -> dict[int, LatestLetter]:
    """The newest letter about each of `ids` (of these notices, if any are named): one query, whatever their number."""
    lines = _newest(kind, frozenset(notices)).ask(ids=ids) if ids else []
    return {line["about_id"]: _latest(line) for line in lines}


@cache
def _newest(kind: str, notices: frozenset[str]) -> Question:
    """The newest letter about each of `ids`."""
    letters = OutgoingEmail.objects.filter(about_kind=kind, about_id__any_of=Blanks("ids"))
    if notices:
        letters = letters.filter(notice__in=sorted(notices))
    newest = letters.order_by().values("about_id").annotate(newest=Max("pk")).values("newest")
    return Question(_letters_and_links().filter(pk__in=newest))


def history_of(kind: str, subject_id: int, *, limit: int = MOST, before: int | None = None) -> list[LatestLetter]:
    """The letters about one subject, newest first; `before` a letter, those that were written earlier. One query."""
    lines = _history(kind, limit, is_first=before is None).ask(subject=subject_id, before=before)
    return [_latest(line) for line in reversed({line["id"]: line for line in lines}.values())]


def refused_addresses(kind: str, subject_id: int) -> dict[str, str]:
    """As `refused_among` the newest letters of one subject; one query."""
    return refused_among(history_of(kind, subject_id))


def refused_among(letters: Iterable[LatestLetter]) -> dict[str, str]:
    """The addresses at which the mail server last refused one of these letters for good, with its words.

    A letter that was delivered since clears an address, and so does spelling it anew. Letters that were too large
    (552) say nothing about where they went.
    """
    newest = {
        letter.to_email: letter
        for letter in sorted(letters, key=lambda letter: (letter.at, letter.id))
        if letter.state == State.SENT or _is_refused(letter)
    }
    return {email: letter.server_reply for email, letter in newest.items() if letter.state == State.FAILED}


def _is_refused(letter: LatestLetter) -> bool:
    words = letter.server_reply
    return letter.state == State.FAILED and words.startswith("5") and not words.startswith("552")


@cache
def _history(kind: str, limit: int, *, is_first: bool) -> Question:
    """Letters about the `subject`, the oldest first, each with its links, the last one last; only earlier ones than `before`."""
    letters = OutgoingEmail.objects.filter(about_kind=kind, about_id=Blank("subject", _ID)).order_by("-pk")
    if not is_first:
        letters = letters.filter(pk__lt=Blank("before", _ID))
    return Question(_letters_and_links().filter(pk__in=letters.values("pk")[:limit]))


def _letters_and_links() -> Any:
    return OutgoingEmail.objects.order_by("pk", "links__pk").values(*_COLUMNS, **_OF_LINK)


def _latest(line: dict[str, Any]) -> LatestLetter:
    told = {name: line[name] for name in (*_TOLD, *_OF_LINK)}
    at = line["finished_at"] or line["handoff_at"] or line["created_at"]
    return LatestLetter(**told, state=State(line["state"]), at=at)
