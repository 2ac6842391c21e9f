"""Letting a customer try again who used up the tries to sign in."""

from __future__ import annotations

from django.db import transaction

from contacts.models import Contact
from contacts.queries.locks import places
from helpdesk.audit.actions import record
from helpdesk.users import signing_in
from helpdesk.users.actors import Actor


@transaction.atomic
def unlock(contact: Contact, *, by: Actor) -> bool:
    """Forget the wrong passwords that were tried for this contact; False where they kept nobody out."""
    keys = list(contact.addresses.values_list("key", flat=True))
    where = places(contact)
    is_locked = signing_in.locked_until(keys, where) is not None
    if is_locked and signing_in.unlock(keys, where):
        record("contact.unlock", contact, by=by)
    return is_locked
