"""What a contact's profile tells beside the contact: letters, and what others changed since a form was opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contacts.badges import fate_of
from contacts.models import Contact
from contacts.notices import CONTACT, PASSWORD_RESET, USER_ACTIVATION
from helpdesk.audit.models import AuditEntry
from helpdesk.outbox.history import LatestLetter, history_of
from helpdesk.outbox.models import State

MOST_LETTERS = 20
_LETTERS: dict[str, str | Promise] = {
    USER_ACTIVATION.code: _("Activation email"),
    PASSWORD_RESET.code: _("Password reset email"),
}


@dataclass(frozen=True)
class LetterLine:
    """One letter of the activation history: what it was, where it went, what became of it, and why if it failed."""

    what: str | Promise
    at: datetime
    to_email: str
    fate: str
    is_trouble: bool
    reason: str
    opened_at: datetime | None
    used_at: datetime | None
    expires_at: datetime | None


def letters_to(contact: Contact) -> list[LetterLine]:
    """The letters about the contact's sign-in, newest first."""
    return [
        _line(letter) for letter in history_of(CONTACT, contact.pk, limit=MOST_LETTERS) if letter.notice in _LETTERS
    ]


def _line(letter: LatestLetter) -> LetterLine:
    fate, is_trouble = fate_of(letter, in_list=False)
    reason = letter.reason or (letter.server_reply if letter.state in (State.FAILED, State.UNKNOWN) else "")
    return LetterLine(
        what=_LETTERS[letter.notice],
        at=letter.at,
        to_email=letter.to_email,
        fate=fate,
        is_trouble=is_trouble,
        reason=reason,
        opened_at=letter.opened_at,
        used_at=letter.used_at,
        expires_at=letter.expires_at if letter.state == State.SENT and not letter.used_at else None,
    )


def values_before(contact: Contact, version: int) -> Mapping[str, Any]:
    """What the fields changed since `version` held then, as the log records them: each edit left one entry."""
    edits = contact.version - version
    if edits <= 0:
        return {}
    entries = AuditEntry.objects.filter(target_kind=CONTACT, target_id=contact.pk, action="contact.edit")
    values: dict[str, Any] = {}
    for entry in entries.order_by("-pk")[:edits]:  # newest first: the oldest word counts
        values |= {name: before for name, (before, _after) in entry.changes.items()}
    return values
