"""What would become of some contacts if they were one: asked by the page that shows it and by the verb that does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.models import Company
from contacts.actions.drafts import TEXTS, Draft
from contacts.models import MOST_ADDRESSES, Contact
from contacts.tag_names import joined, split

FEWEST, MOST = 2, 10
PRIMARY = "primary"
FIELDS = (TEXTS[0], PRIMARY, "company", *TEXTS[1:])
"""What a contact has one of, in the order of the page; `primary` is the primary email."""

ALL = 0
"""A choice of notes: everybody's, one below the other. All other choices are the number of a contact."""

LONGEST_NOTES = 10_000
NEEDED = ("name", PRIMARY)

Choices = Mapping[str, int]
"""Field → the contact whose value is taken. What is not chosen: the survivor's, or the first that is not empty."""


@dataclass(frozen=True)
class Side:
    """One of the contacts, with all that is known about it."""

    contact: Contact
    draft: Draft

    @classmethod
    def of(cls, contact: Contact) -> Side:
        return cls(contact, Draft.of(contact))

    @property
    def pk(self) -> int:
        return self.contact.pk

    def value(self, field: str) -> Any:
        if field == PRIMARY:
            return self.draft.emails[0] if self.draft.emails else ""
        return getattr(self.draft, field)


@dataclass(frozen=True)
class Plan:
    """`after` is what the survivor will be, `before` what it is. `keeper`: whose sign-in stays, None where nobody has one.

    `blocked_at`: whoever merges with a blocked contact is blocked.
    """

    survivor: Side
    others: list[Side]
    choices: Choices
    after: Draft
    keeper: Contact | None
    blocked_at: datetime | None

    @property
    def before(self) -> Draft:
        return self.survivor.draft

    @property
    def sides(self) -> list[Side]:
        return [self.survivor, *self.others]

    @property
    def closed(self) -> list[Contact]:
        """Whose own password stops working."""
        return [side.contact for side in self.sides if side.contact.verified_at and side.contact != self.keeper]

    @property
    def old_primary(self) -> str:
        """Where whoever signs in got letters so far, if that changes; "" if not."""
        emails = next((side.draft.emails for side in self.sides if side.contact == self.keeper), ())
        return emails[0] if self.keeper and self.keeper.verified_at and emails[:1] != self.after.emails[:1] else ""


def plan_of(contacts: Sequence[Contact], survivor: int, choices: Choices) -> Plan:
    """`contacts` are present and distinct, `survivor` the number of one of them; choices that name nobody count for nothing."""
    sides = sorted(map(Side.of, contacts), key=lambda side: (side.pk != survivor, side.pk))
    chosen = {field: _chosen(field, sides, choices.get(field)) for field in FIELDS}
    people = [side.contact for side in sides]
    return Plan(
        survivor=sides[0],
        others=sides[1:],
        choices=chosen,
        after=_joined(sides, chosen),
        keeper=_keeper(people),
        blocked_at=min((one.blocked_at for one in people if one.blocked_at), default=None),
    )


def loosened(plan: Plan, choices: Choices) -> Choices:
    """Of these choices those that are not what `plan`, without any, takes anyway: the others follow another survivor."""
    by_pk = {side.pk: side for side in plan.sides}

    def is_default(field: str, pk: int) -> bool:
        default = plan.choices[field]
        known = pk in by_pk and default in by_pk
        return pk == default or (known and by_pk[pk].value(field) == by_pk[default].value(field))

    return {field: pk for field, pk in choices.items() if not is_default(field, pk)}


def default_survivor(contacts: Sequence[Contact]) -> int:
    """Who has a sign-in, else who has been here longest."""
    return min(contacts, key=lambda one: (one.verified_at is None, one.created_at, one.pk)).pk


def obstacles(contacts: Sequence[Contact]) -> list[str]:
    """Why these cannot be merged, in the reader's language; none where they can."""
    if len(contacts) < FEWEST:
        return [_("Choose at least two contacts to merge.")]
    if len(contacts) > MOST:
        text = _("At most %(limit)s contacts can be merged at once; %(count)s were chosen.")
        return [text % {"limit": MOST, "count": len(contacts)}]
    return [reason for one in contacts if (reason := _why_not(one))] or _too_many_emails(contacts)


def _why_not(contact: Contact) -> str:
    if contact.merged_into_id:
        return _("“%(name)s” has been merged into another contact.") % {"name": contact.name}
    if contact.deleted_at:
        return _("“%(name)s” is deleted. Restore the contact first.") % {"name": contact.name}
    if contact.user is not None and contact.user.is_agent:
        return _("“%(name)s” works here as an agent and cannot be merged.") % {"name": contact.name}
    return ""


def _too_many_emails(contacts: Sequence[Contact]) -> list[str]:
    count = sum(contact.addresses.count() for contact in contacts)
    if count <= MOST_ADDRESSES:
        return []
    text = ngettext(
        "Together they have %(count)s email address; a contact can have at most %(limit)s. Remove some first.",
        "Together they have %(count)s email addresses; a contact can have at most %(limit)s. Remove some first.",
        count,
    )
    return [text % {"count": count, "limit": MOST_ADDRESSES}]


def _chosen(field: str, sides: Sequence[Side], wanted: int | None) -> int:
    if field == "notes" and wanted in (ALL, None) and can_keep_all_notes(sides):
        return ALL
    named = next((side for side in sides if side.pk == wanted), None)
    if named and (named.value(field) or field not in NEEDED):
        return named.pk
    return next((side for side in sides if side.value(field)), sides[0]).pk


def can_keep_all_notes(sides: Sequence[Side]) -> bool:
    """Whether there are several different notes, and room for all of them."""
    return len({side.draft.notes for side in sides} - {""}) > 1 and len(all_notes(sides)) <= LONGEST_NOTES


def all_notes(sides: Sequence[Side]) -> str:
    """Everybody's notes, the survivor's first, each text once."""
    return "\n\n".join(dict.fromkeys(side.draft.notes for side in sides if side.draft.notes))


def _joined(sides: Sequence[Side], chosen: Choices) -> Draft:
    by_pk = {side.pk: side for side in sides}
    taken = {field: by_pk[pk].value(field) for field, pk in chosen.items() if pk != ALL}
    primary, company = taken.pop(PRIMARY), taken["company"]
    emails = [primary, *(email for side in sides for email in side.draft.emails)] if primary else []
    return Draft(
        **{"notes": all_notes(sides), **taken},
        emails=tuple(dict.fromkeys(emails)),
        other_companies=_further(sides, company),
        tags=split(joined(tag for side in sides for tag in side.draft.tags)),
    )


def _further(sides: Sequence[Side], default: Company | None) -> tuple[Company, ...]:
    """All their companies but the default one, each once."""
    found = {one.pk: one for side in sides for one in (side.draft.company, *side.draft.other_companies) if one}
    return tuple(company for pk, company in found.items() if default is None or pk != default.pk)


def _keeper(people: Sequence[Contact]) -> Contact | None:
    """The survivor; else whoever was verified first."""
    if people[0].user_id:
        return people[0]
    verified = [one for one in people if one.user_id and one.verified_at]
    return min(verified, key=lambda one: (one.verified_at, one.pk), default=None)
