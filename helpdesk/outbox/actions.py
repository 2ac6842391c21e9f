"""What an admin does with letters: send again, cancel, switch a notice on or off, word it."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from helpdesk.audit.actions import Target, differences, record
from helpdesk.outbox import own_words
from helpdesk.outbox.models import WAITING, NoticeSwitch, NoticeWording, OutgoingEmail, State
from helpdesk.outbox.notices import TEST, Notice
from helpdesk.outbox.own_words import Words
from helpdesk.outbox.posting import Letter, post
from helpdesk.outbox.tasks import deliver
from helpdesk.outbox.watching import watched
from helpdesk.outbox.writing import Written, default_words
from helpdesk.ui.conflicts import claim_version
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
    with watched([letter]):
        return _resent(letter, by=by)


def _resent(letter: OutgoingEmail, *, by: Actor) -> OutgoingEmail:
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
    with watched([letter]):
        is_kept = queued.update(state=State.CANCELLED, finished_at=Now())
    if is_kept:
        record("letter.cancel", letter, by=by)
    return bool(is_kept)


@transaction.atomic
def switch_notice(notice: Notice, *, on: bool, by: Actor) -> None:
    """Send this kind of letter by itself from now on, or no longer; letters already written go out."""
    locked = NoticeSwitch.objects.select_for_update()
    switch, is_new = locked.get_or_create(notice=notice.code, defaults={"is_on": on})
    before = notice.is_on_by_default if is_new else switch.is_on
    if before != on:
        NoticeSwitch.objects.filter(pk=switch.pk).update(is_on=on)
        target = Target(kind="outbox.noticeswitch", id=None, name=str(notice.name))
        record("notice.switch", target, changes={"is_on": (before, on)}, by=by)


@transaction.atomic
def word_notice(notice: Notice, language: str, words: Words, *, version: int, by: Actor) -> None:
    """Write these letters in `words` from now on; the words they came with are not kept, so that they may improve.

    Raises EditConflict where somebody else saved since `version` (0: nobody ever had).
    """
    came_with = default_words(notice, language)
    before = own_words_of(notice, language)
    kept = Words("", "") if words == came_with else words
    row, is_new = NoticeWording.objects.get_or_create(
        notice=notice.code, language=language, defaults={"subject": kept.subject, "body": kept.body}
    )
    if not is_new:
        claim_version(row, version)
        NoticeWording.objects.filter(pk=row.pk).update(subject=kept.subject, body=kept.body)
    own_words.MEMORY.forget()
    _note_words(notice, language, before, words, by=by)


def unword_notice(notice: Notice, language: str, *, version: int, by: Actor) -> None:
    """Back to the words the letter came with."""
    word_notice(notice, language, default_words(notice, language), version=version, by=by)


@transaction.atomic
def send_test(notice: Notice, written: Written, *, language: str, cause: str, by: Actor) -> OutgoingEmail:
    """Send what a preview shows to whoever asks for it; once for each `cause`."""
    user = by.user
    if user is None:
        raise ValueError("a test goes to the person who asks for it")
    letter = Letter(
        cause=cause,
        to_email=user.email,
        to_name=user.name,
        language=language,
        time_zone=user.time_zone,
        subject=written.subject,
        text=written.text,
        html=written.html,
        about=(user._meta.label_lower, user.pk),
    )
    if post(TEST, [letter], by=by):
        record("notice.test", _wording_target(notice, language), by=by)
    return OutgoingEmail.objects.get(cause=cause)


def own_words_of(notice: Notice, language: str) -> Words:
    """The words in use now, by the database: the admin's, else those it came with."""
    row = NoticeWording.objects.filter(notice=notice.code, language=language).exclude(body="").first()
    return Words(row.subject, row.body) if row else default_words(notice, language)


def _note_words(notice: Notice, language: str, before: Words, after: Words, *, by: Actor) -> None:
    was, is_now = ({"letter_subject": words.subject, "letter_body": words.body} for words in (before, after))
    if changes := differences(was, is_now):
        record("notice.wording", _wording_target(notice, language), changes=changes, by=by)


def _wording_target(notice: Notice, language: str) -> Target:
    name = f"{notice.name} ({dict(settings.LANGUAGES)[language]})"
    return Target(kind=NoticeWording._meta.label_lower, id=None, name=name)


def _went_just_now(letter: OutgoingEmail) -> bool:
    """Whether this letter or its like is about to arrive: not one that failed, nor one of which nobody knows."""
    like = OutgoingEmail.objects.about(letter.about_kind, letter.about_id or 0).filter(
        notice=letter.notice, to_email=letter.to_email
    )
    return like.filter(state__in=(*WAITING, State.SENT), created_at__gt=timezone.now() - PAUSE).exists()


def _end_claim(letter: OutgoingEmail) -> None:
    """From here on a lost worker's late answer changes nothing: it belongs to a letter that somebody gave up on."""
    OutgoingEmail.objects.filter(pk=letter.pk).update(worker="")
