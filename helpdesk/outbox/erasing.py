"""Forgetting somebody: their letters and links go, with the demo mail server's copies."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from helpdesk.audit import erasing as record
from helpdesk.audit.models import AuditEntry
from helpdesk.outbox.models import WAITING, OutgoingEmail, SecretLink, State
from helpdesk.outbox.notices import TEST
from helpdesk.users.erasing import Traces

USER = "users.user"


def is_being_sent(kind: str, ids: list[int]) -> bool:
    """Whether the mail server has one of these letters right now. All others stay as they are until the transaction ends."""
    waiting = OutgoingEmail.objects.about(kind, *ids).filter(state__in=(State.QUEUED, State.CLAIMED, State.HANDOFF))
    held = {letter.pk: letter for letter in waiting.order_by("pk").select_for_update(skip_locked=True)}
    going = waiting.filter(state=State.HANDOFF, lease_until__gte=Now())
    return going.exists() or waiting.exclude(pk__in=held).exists()


def erase(traces: Traces) -> None:
    """All about them or to one of their addresses; also tests of a notice's words that used them as the sample."""
    ids = list(_letters(traces).order_by("pk").values_list("pk", flat=True))
    tests = OutgoingEmail.objects.filter(notice=TEST.code)
    _erase([*ids, *(letter.pk for letter in tests if traces.are_in(_words(letter)))])
    SecretLink.objects.of(traces.kind, *traces.ids).delete()
    SecretLink.objects.of(USER, *traces.users).delete()


def erase_words(kind: str, ids: Collection[int], traces: Traces) -> None:
    """Letters to others about these things: one that names the person goes, or arrives without the name."""
    gone = []
    for letter in OutgoingEmail.objects.about(kind, *ids).order_by("pk"):
        if not traces.are_in(_words(letter)):
            continue
        if letter.state not in WAITING:
            gone.append(letter.pk)
        else:
            said = {name: traces.without(getattr(letter, name)) for name in ("subject", "text", "html")}
            OutgoingEmail.objects.filter(pk=letter.pk).update(**said)
    _erase(gone)


def _letters(traces: Traces) -> QuerySet[OutgoingEmail]:
    about = Q(about_kind=traces.kind, about_id__in=traces.ids) | Q(about_kind=USER, about_id__in=traces.users)
    return OutgoingEmail.objects.filter(about | Q(to_email__in=traces.emails))


def _words(letter: OutgoingEmail) -> str:
    return f"{letter.subject}\n{letter.text}\n{letter.html}"


def _erase(ids: Sequence[int]) -> None:
    kind = OutgoingEmail._meta.label_lower
    for start in range(0, len(ids), record.MOST_AT_ONCE):
        some = ids[start : start + record.MOST_AT_ONCE]
        record.blank(AuditEntry.objects.filter(target_kind=kind, target_id__in=some))
        OutgoingEmail.objects.filter(pk__in=some).delete()
    _erase_files(set(ids))


def _erase_files(ids: set[int]) -> None:
    """Rather before the commit than after: were the process to end in between, a file would outlive its letter."""
    folder = Path(settings.MAIL_DIR)
    for path in folder.glob("*.eml*") if ids and folder.is_dir() else ():
        if _letter_of(path) in ids:
            with contextlib.suppress(FileNotFoundError):
                path.unlink()


def _letter_of(path: Path) -> int:
    """ "20261122T150000-17.9f….eml" → 17; 0 for what is no such file."""
    number = path.name.rpartition("-")[2].partition(".")[0]
    return int(number) if number.isascii() and number.isdigit() else 0
