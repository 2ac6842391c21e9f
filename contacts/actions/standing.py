"""Whether a contact may do anything with us: blocked or not, deleted or not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from contacts.actions import progress
from contacts.models import Contact
from contacts.notices import CONTACT
from helpdesk.audit.actions import Entry, record_all
from helpdesk.outbox import links
from helpdesk.outbox.models import SecretLink
from helpdesk.users.actors import Actor
from helpdesk.users.models import User

Contacts = Contact | QuerySet[Contact] | Iterable[Contact]


@transaction.atomic
def block(contacts: Contacts, *, by: Actor) -> list[Contact]:
    """Keep them, but let them do nothing: signed out, their links dead. Returns those who were not blocked before."""
    changed = _locked(contacts, blocked_at=None, deleted_at=None)
    return _mark(changed, "blocked_at", timezone.now(), action="contact.block", by=by)


@transaction.atomic
def unblock(contacts: Contacts, *, by: Actor) -> list[Contact]:
    """Let them in again. Returns those who were blocked."""
    changed = _locked(contacts, blocked_at__isnull=False, deleted_at=None)
    return _mark(changed, "blocked_at", None, action="contact.unblock", by=by)


@transaction.atomic
def delete(contacts: Contacts, *, by: Actor) -> list[Contact]:
    """Take them out of sight, restorable: signed out, their links dead. Returns those who were there."""
    changed = _locked(contacts, deleted_at=None)
    return _mark(changed, "deleted_at", timezone.now(), action="contact.delete", by=by)


@transaction.atomic
def restore(contacts: Contacts, *, by: Actor) -> list[Contact]:
    """Bring them back as they were: who was blocked is blocked. Returns those who were deleted."""
    changed = _locked(contacts, deleted_at__isnull=False)
    return _mark(changed, "deleted_at", None, action="contact.restore", by=by)


def _locked(contacts: Contacts, **state: object) -> list[Contact]:
    """Those among `contacts` whom the act changes, locked in one order so that two acts never wait for each other."""
    ids = [contacts.pk] if isinstance(contacts, Contact) else [contact.pk for contact in contacts]
    rows = Contact.objects.filter(pk__in=ids, merged_into=None, forgotten_at=None, **state).order_by("pk")
    return list(rows.select_for_update())


def _mark(contacts: list[Contact], field: str, moment: datetime | None, *, action: str, by: Actor) -> list[Contact]:
    ids = [contact.pk for contact in contacts]
    entries = [Entry(action, contact, {field: (getattr(contact, field), moment)}) for contact in contacts]
    Contact.objects.filter(pk__in=ids).update(**{field: moment, "updated_at": timezone.now()})
    for contact in contacts:
        setattr(contact, field, moment)
    open_or_close(ids)
    record_all(entries, by=by)
    return contacts


def open_or_close(ids: list[int]) -> None:
    """Their sign-ins follow them; an agent's own stays as the team has it. Whoever is out leaves at the next request."""
    customers = User.objects.filter(contact__in=ids, role="")
    welcome = customers.filter(contact__blocked_at=None, contact__deleted_at=None)
    User.objects.filter(pk__in=welcome.values("pk")).update(is_active=True)
    User.objects.filter(pk__in=customers.values("pk")).exclude(pk__in=welcome.values("pk")).update(
        is_active=False, sessions_epoch=F("sessions_epoch") + 1
    )
    out = Contact.objects.filter(pk__in=ids).exclude(blocked_at=None, deleted_at=None)
    links.revoke(CONTACT, list(out.values_list("pk", flat=True)), SecretLink.Purpose.ACTIVATE, SecretLink.Purpose.RESET)
    progress.settle(ids)
