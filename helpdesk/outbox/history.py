"""What became of the letters about somebody: for lists (one query a page) and for profiles."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from helpdesk.outbox.models import OutgoingEmail, SecretLink, State


@dataclass(frozen=True, kw_only=True)
class LatestLetter:
    """The newest letter about a subject. `at` is when it was sent (or failed …), before that when it was written.

    `expires_at`, `opened_at`, `used_at` tell of its secret link, where it carries one.
    """

    id: int
    notice: str
    state: State
    at: datetime
    to_email: str
    reason: str
    server_reply: str
    expires_at: datetime | None
    opened_at: datetime | None
    used_at: datetime | None


def letters_about(kind: str, ids: Collection[int], *, notices: Iterable[str] = ()) -> dict[int, LatestLetter]:
    """The newest letter about each of `ids` (of these notices, if any are named): two queries, whatever their number."""
    letters = OutgoingEmail.objects.filter(about_kind=kind, about_id__in=ids)
    if notices := tuple(notices):
        letters = letters.filter(notice__in=notices)
    newest = letters.order_by().values("about_id").annotate(newest=Max("pk")).values("newest")
    rows = OutgoingEmail.objects.filter(pk__in=newest).defer("text", "html").order_by("pk")
    return {row.about_id: latest for row, latest in _with_links(rows) if row.about_id is not None}


def history_of(kind: str, subject_id: int, *, limit: int = 50) -> list[LatestLetter]:
    """The letters about one subject, newest first."""
    rows = OutgoingEmail.objects.filter(about_kind=kind, about_id=subject_id).order_by("-pk")[:limit]
    return [latest for _row, latest in _with_links(rows)]


def _with_links(rows: Iterable[OutgoingEmail]) -> list[tuple[OutgoingEmail, LatestLetter]]:
    rows = list(rows)
    links = {link.letter_id: link for link in SecretLink.objects.filter(letter__in=rows).order_by("pk")} if rows else {}
    return [(row, _latest(row, links.get(row.pk))) for row in rows]


def _latest(row: OutgoingEmail, link: SecretLink | None) -> LatestLetter:
    return LatestLetter(
        id=row.pk,
        notice=row.notice,
        state=State(row.state),
        at=row.finished_at or row.handoff_at or row.created_at,
        to_email=row.to_email,
        reason=row.reason,
        server_reply=row.server_reply,
        expires_at=link.expires_at if link else None,
        opened_at=link.opened_at if link else None,
        used_at=link.used_at if link else None,
    )
