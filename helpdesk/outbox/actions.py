"""What an admin does with letters: send again, cancel, switch a notice on or off."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from helpdesk.audit.actions import Target, record
from helpdesk.outbox.models import WAITING, NoticeSwitch, OutgoingEmail, State
from helpdesk.outbox.notices import Notice
from helpdesk.outbox.posting import is_on
from helpdesk.outbox.tasks import deliver
from helpdesk.users.actors import Actor
from helpdesk.workers.bell import ring_on_commit

COPIED = (
    *("notice", "about_kind", "about_id", "to_email", "to_name", "language", "time_zone"),
    *("subject", "text", "html", "link_purpose", "link_path", "link_hours"),
)
PAUSE = timedelta(seconds=60)


class NotFinishedError(Exception):
    """The letter is still on its way by itself."""


@transaction.atomic
def resend(letter: OutgoingEmail, *, by: Actor) -> OutgoingEmail:
    """Put the letter into the outbox once more, as a row of its own; one that already waits to go again is returned.

    Raises NotFinishedError while the letter itself is on its way, and where one with the same kind of secret link went
    to the same address less than a minute ago (PRODUCT 3.2). Its secret link will be a new one.
    """
    letter = OutgoingEmail.objects.select_for_update().get(pk=letter.pk)
    if not letter.is_repeatable:
        raise NotFinishedError
    if waiting := letter.resends.filter(state__in=WAITING).first():
        return waiting
    if letter.link_path and _went_just_now(letter):
        raise NotFinishedError
    _end_claim(letter)
    copy = OutgoingEmail.objects.create(
        **{name: getattr(letter, name) for name in COPIED},
        cause=f"resend:{letter.pk}:{letter.resends.count() + 1}",
        resent_from=letter,
        requested_by=by.name[:200],
    )
    record("letter.resend", letter, by=by)
    ring_on_commit(deliver)
    return copy


@transaction.atomic
def cancel(letter: OutgoingEmail, *, by: Actor) -> bool:
    """Keep a queued letter from going; False where a worker was faster."""
    queued = OutgoingEmail.objects.filter(pk=letter.pk, state=State.QUEUED)
    if not queued.update(state=State.CANCELLED, finished_at=Now()):
        return False
    record("letter.cancel", letter, by=by)
    return True


@transaction.atomic
def switch_notice(notice: Notice, *, on: bool, by: Actor) -> None:
    """Send this kind of letter by itself from now on, or no longer; letters already written go out."""
    before = is_on(notice)
    NoticeSwitch.objects.update_or_create(notice=notice.code, defaults={"is_on": on})
    if before != on:
        target = Target(kind="outbox.noticeswitch", id=None, name=str(notice.name))
        record("notice.switch", target, changes={"is_on": (before, on)}, by=by)


def _went_just_now(letter: OutgoingEmail) -> bool:
    """Whether this letter or its like is about to arrive: not one that failed, nor one of which nobody knows."""
    like = OutgoingEmail.objects.about(letter.about_kind, letter.about_id or 0).filter(
        notice=letter.notice, to_email=letter.to_email
    )
    return like.filter(state__in=(*WAITING, State.SENT), created_at__gt=timezone.now() - PAUSE).exists()


def _end_claim(letter: OutgoingEmail) -> None:
    """From here on a lost worker's late answer changes nothing: it belongs to a letter that somebody gave up on."""
    OutgoingEmail.objects.filter(pk=letter.pk).update(worker="")
