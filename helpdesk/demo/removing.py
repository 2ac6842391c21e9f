"""Taking the demo data away: what `fill` made and what has grown on it since; nothing else."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from companies.models import Company
from contacts.actions.tags import drop_unused
from contacts.models import Contact, Membership, Tag
from helpdesk.audit.actions import Entry, record_all
from helpdesk.audit.models import AuditEntry
from helpdesk.demo.marks import made
from helpdesk.outbox.models import OutgoingEmail, SecretLink
from helpdesk.timeline.actions import erase_notes
from helpdesk.users import actors
from helpdesk.users.models import User


@dataclass(frozen=True)
class Removed:
    """How many of each are gone; `unlinked` contacts were somebody else's and stay, without their demo company."""

    contacts: int
    companies: int
    agents: int
    unlinked: int


@transaction.atomic
def remove() -> Removed:
    """Remove the demo's rows, whatever people have made of them, with their letters, links, sign-ins and log lines."""
    tags = list(Tag.objects.filter(taggings__contact__in=made(Contact)).distinct().values_list("pk", flat=True))
    contacts, companies, agents = made(Contact), made(Company), made(User)
    customers = list(User.objects.filter(contact__in=contacts, role="").values_list("pk", flat=True))
    unlinked = _unlink_others(companies, contacts)
    _forget_letters(Contact, contacts)
    _forget_letters(User, [*agents, *customers])
    for model, ids in ((Contact, contacts), (Company, companies), (User, agents)):
        AuditEntry.objects.filter(target_kind=model._meta.label_lower, target_id__in=ids).delete()
        erase_notes(model._meta.label_lower, ids)
    gone = Removed(_delete(Contact, contacts), _delete(Company, companies), _delete(User, agents), unlinked)
    _delete(User, customers)
    drop_unused(tags)
    return gone


def _unlink_others(companies: Collection[int], contacts: Collection[int]) -> int:
    """Contacts that the demo did not make lose its companies; each line in the log says so."""
    Membership.objects.filter(company__in=companies).exclude(contact__in=contacts).delete()
    others = list(Contact.objects.filter(company__in=companies).exclude(pk__in=contacts).select_related("company"))
    entries = [Entry("contact.edit", contact, {"company": (contact.company, None)}) for contact in others]
    changed = Contact.objects.filter(pk__in=[contact.pk for contact in others])
    changed.update(company=None, version=F("version") + 1, updated_at=timezone.now())
    record_all(entries, by=actors.system("command"))
    return len(others)


def _forget_letters(model: type[models.Model], ids: Collection[int]) -> None:
    """What was written to them and the links in it, whoever sent it."""
    kind = model._meta.label_lower
    SecretLink.objects.filter(subject_kind=kind, subject_id__in=ids).delete()
    OutgoingEmail.objects.filter(about_kind=kind, about_id__in=ids).delete()


def _delete(model: type[models.Model], ids: Collection[int]) -> int:
    """How many of `ids` were there; what hangs on them goes along."""
    return model._default_manager.filter(pk__in=ids).delete()[1].get(model._meta.label, 0)
