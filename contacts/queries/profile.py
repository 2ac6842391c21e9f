"""What a contact's profile tells beside the contact: letters, and what others changed since a form was opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from contacts.badges import died_at, fate_of
from contacts.models import Address, Contact, Membership
from contacts.notices import CONTACT, PASSWORD_RESET, USER_ACTIVATION
from contacts.queries.merges import HAS_MERGED
from helpdesk.audit.models import AuditEntry
from helpdesk.jobs.models import JobRow
from helpdesk.outbox.history import MOST, LatestLetter, letters_about
from helpdesk.outbox.models import State
from helpdesk.ui.questions import Blank, Records
from helpdesk.users.models import User
from helpdesk.users.roles import Permission

MOST_LETTERS = 20
EDITS = ("contact.edit", "contact.merge", "contact.merge_away", "contact.unmerge", "contact.unmerge_away")
"""Each left one line and one more version."""

_LETTERS: dict[str, str | Promise] = {
    USER_ACTIVATION.code: _("Activation email"),
    PASSWORD_RESET.code: _("Password reset email"),
}


@dataclass(frozen=True)
class LetterLine:
    """One letter of the activation history: what it was, where it went, what became of it, and why if it failed.

    `expires_at` while its link works, `died_at` once it does no more without having been used.
    """

    what: str | Promise
    at: datetime
    to_email: str
    fate: str
    is_trouble: bool
    reason: str
    opened_at: datetime | None
    used_at: datetime | None
    expires_at: datetime | None
    died_at: datetime | None


@dataclass(frozen=True)
class EmailLine:
    """One address of the contact; `refusal` is what the mail server said when it refused a letter there, "" if it did not."""

    email: str
    is_primary: bool
    confirmed_at: datetime | None
    refusal: str


def contact_for(user: User, pk: int) -> Contact | None:
    """The contact with its company, its sign-in and `has_merged`; None where there is none for `user`."""
    found = _known().ask(pk=pk) if user.may(Permission.CONTACT_VIEW) and pk < 2**63 else []
    return found[0] if found else None


@cache
def _known() -> Records[Contact]:
    contacts = Contact.objects.known().select_related("company", "user").annotate(has_merged=HAS_MERGED)
    return Records(contacts.filter(pk=Blank("pk", Contact._meta.pk)))


def further_companies(contact: Contact) -> list[Company]:
    """Beside the default one, in the order in which they were given."""
    return [member.company for member in _members().ask(contact=contact.pk)]


@cache
def _members() -> Records[Membership]:
    members = Membership.objects.filter(contact=Blank("contact", Contact._meta.pk))
    return Records(members.select_related("company").order_by("pk"))


def emails_of(addresses: Iterable[Address], refused: Mapping[str, str]) -> list[EmailLine]:
    return [EmailLine(row.email, row.is_primary, row.confirmed_at, refused.get(row.email, "")) for row in addresses]


def sign_in_letters(letters: Iterable[LatestLetter]) -> list[LetterLine]:
    """Those of a contact's letters that are about signing in, in their order."""
    return [_line(letter) for letter in letters if letter.notice in _LETTERS][:MOST_LETTERS]


def activation_letter(contact: Contact, letters: Sequence[LatestLetter]) -> LatestLetter | None:
    """The newest activation email of somebody who still waits for one. `letters` are the newest about the contact."""
    if not contact.is_unverified:
        return None
    found = next((letter for letter in letters if letter.notice == USER_ACTIVATION.code), None)
    if found is None and len(letters) >= MOST:
        return letters_about(CONTACT, [contact.pk], notices=[USER_ACTIVATION.code]).get(contact.pk)
    return found


def _line(letter: LatestLetter) -> LetterLine:
    fate, is_trouble = fate_of(letter, in_list=False)
    is_sent, died = letter.state == State.SENT, died_at(letter)
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
        expires_at=letter.expires_at if is_sent and not letter.used_at and not died else None,
        died_at=died if is_sent else None,
    )


def values_before(contact: Contact, version: int) -> Mapping[str, Any]:
    """What the fields changed since `version` held then, as the log records them: each edit left one entry.

    Nothing where a job has changed the contact meanwhile (or that was taken back): it left a row, and no entry.
    """
    edits = contact.version - version
    by_jobs = JobRow.objects.filter(target_kind=CONTACT, target_id=contact.pk, after_version__isnull=False)
    if edits <= 0 or by_jobs.filter(Q(after_version__gt=version) | Q(undo_outcome="restored")).exists():
        return {}
    entries = AuditEntry.objects.filter(target_kind=CONTACT, target_id=contact.pk, action__in=EDITS)
    values: dict[str, Any] = {}
    for entry in entries.order_by("-pk")[:edits]:  # newest first: the oldest word counts
        values |= {name: before for name, (before, _after) in entry.changes.items()}
    return values
