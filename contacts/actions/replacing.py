"""One email address for another, in one step."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db import transaction

from contacts.actions.activation import ActivationResult, send_activations
from contacts.actions.addresses import distinct
from contacts.actions.drafts import Draft
from contacts.actions.records import edit_contact, standing_at
from contacts.models import Contact
from helpdesk.users.actors import Actor


@dataclass(frozen=True)
class Replaced:
    """The contact as it is now; `activation` says what came of the letter, None where none was asked for."""

    contact: Contact
    activation: ActivationResult | None


@transaction.atomic
def replace_email(
    contact: Contact, email: str, *, keeps_old: bool, send_activation: bool, version: int, by: Actor
) -> Replaced:
    """Make `email` the primary one of the contact as it was at `version`; the one before stays secondary or is let go.

    Links sent to the old address die, letters with a link that still wait for it are not sent, and a verified contact
    is told at both. Raises EditConflict, AddressError, Taken and TooManyAddresses.
    """
    standing = standing_at(contact, version)
    draft = Draft.of(standing)
    kept = draft.emails if keeps_old else draft.emails[1:]
    wanted = tuple(cleaned.stored for cleaned in distinct([email, *kept]).values())
    changed = edit_contact(standing, replace(draft, emails=wanted), version=version, tags_seen=draft.tags, by=by)
    return Replaced(changed, send_activations([contact.pk], by=by) if send_activation else None)
