"""The one way out: a letter becomes a row in the transaction that caused it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from helpdesk.outbox.models import NoticeSwitch, OutgoingEmail
from helpdesk.outbox.notices import CATALOGUE, Notice
from helpdesk.outbox.watching import watched
from helpdesk.users.actors import Actor


@dataclass(frozen=True, kw_only=True)
class SecretLinkRequest:
    """Asks for a link made at the moment of sending: `path` is a URL path with `{token}`, `hours` its life."""

    purpose: str
    path: str
    hours: int


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One letter, written but not sent. `cause` is unique per cause and recipient; `about` names its subject."""

    cause: str
    to_email: str
    to_name: str
    language: str
    time_zone: str
    subject: str
    text: str
    html: str
    about: tuple[str, int]
    link: SecretLinkRequest | None = None


def is_on(notice: Notice) -> bool:
    """The admin's choice, else the catalogue's default; letters without a switch are always on."""
    if notice.always:
        return True
    switch = NoticeSwitch.objects.filter(notice=notice.code).first()
    return switch.is_on if switch else notice.is_on_by_default


@transaction.atomic
def post(notice: Notice, letters: Iterable[Letter], *, by: Actor) -> int:
    """Put `letters` into the outbox and ring for a worker once committed; returns how many rows are new.

    None where an admin has switched this notice off (but see `Notice.is_sent_by_hand`).

    A letter whose `cause` already stands is left as it is: a repeated request sends nothing twice.
    """
    from helpdesk.outbox.tasks import deliver
    from helpdesk.workers.bell import ring_on_commit

    if notice.code not in CATALOGUE:
        raise LookupError(f"notice {notice.code!r} is not registered")
    if notice.audience and not notice.is_sent_by_hand and not is_on(notice):
        return 0
    moment = timezone.now()
    rows = [_row(notice, letter, moment, by) for letter in letters]
    with watched(rows):
        OutgoingEmail.objects.bulk_create(rows, ignore_conflicts=True)
    ring_on_commit(deliver)
    return OutgoingEmail.objects.filter(cause__in=[row.cause for row in rows], created_at=moment).count()


def _row(notice: Notice, letter: Letter, moment: datetime, by: Actor) -> OutgoingEmail:
    link = letter.link or SecretLinkRequest(purpose="", path="", hours=0)
    kind, subject_id = letter.about
    return OutgoingEmail(
        notice=notice.code,
        created_at=moment,
        cause=letter.cause,
        about_kind=kind,
        about_id=subject_id,
        to_email=letter.to_email,
        to_name=letter.to_name,
        language=letter.language,
        time_zone=letter.time_zone,
        subject=letter.subject.replace("\n", " ").replace("\r", " ")[:300],
        text=letter.text,
        html=letter.html,
        link_purpose=link.purpose,
        link_path=link.path,
        link_hours=link.hours,
        requested_by=by.name[:200],
    )
