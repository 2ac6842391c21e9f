"""Creating and editing contacts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from companies.actions import Draft as CompanyDraft
from companies.actions import create_company
from companies.models import Company
from contacts import emails as letters
from contacts.actions import activation, progress
from contacts.actions.addresses import distinct as distinct_addresses
from contacts.actions.addresses import put_addresses, refuse_taken
from contacts.actions.drafts import TEXTS, Draft
from contacts.actions.standing import restore
from contacts.actions.tags import put_tags
from contacts.models import Contact, Membership
from contacts.notices import CONTACT, PRIMARY_CHANGED, USER_ACTIVATION
from contacts.phones import phone_key
from contacts.searching import search_text
from helpdesk.audit.actions import differences, record
from helpdesk.outbox import links
from helpdesk.outbox.models import SecretLink
from helpdesk.outbox.posting import is_on, post
from helpdesk.ui.cleaning import clean_name
from helpdesk.ui.conflicts import EditConflict
from helpdesk.ui.house import house
from helpdesk.ui.sorting import name_key
from helpdesk.users.actors import Actor
from helpdesk.users.addresses import address_key, domain_of

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Draft", "EditConflict", "ExternalIdTaken", "Unreachable", "create_contact", "edit_contact"]


class Unreachable(Exception):
    """Neither an email, a phone, a mobile nor an external id was given."""


class ExternalIdTaken(Exception):
    """Another contact, `owner`, has this external id."""

    def __init__(self, owner: Contact) -> None:
        super().__init__(owner.external_id)
        self.owner = owner


@transaction.atomic
def create_contact(draft: Draft, *, by: Actor, send_activation: bool | None = None) -> Contact:
    """Make a contact; without a chosen company, one of the company whose domain its email has. New companies are made, too.

    `send_activation` None: as the switch "User activation email" says. Raises AddressError, Taken,
    TooManyAddresses, ExternalIdTaken and Unreachable.
    """
    draft = _with_new_companies(draft, by=by)
    progress_now = Contact.Activation.NEVER if draft.emails else Contact.Activation.NO_EMAIL
    contact = Contact(company=draft.company or company_of(draft.emails), activation=progress_now)
    _fill(contact, draft)
    _save_unique(contact)
    put_addresses(contact, draft.emails)
    _put_companies(contact, draft.other_companies)
    put_tags(contact, draft.tags)
    record("contact.create", contact, changes=_given(Draft.of(contact)), by=by)
    if draft.emails and (is_on(USER_ACTIVATION) if send_activation is None else send_activation):
        activation.send_activations([contact.pk], by=by)
    return contact


@transaction.atomic
def edit_contact(
    contact: Contact, draft: Draft, *, version: int, tags_seen: Iterable[str] | None = None, by: Actor
) -> Contact:
    """Save the edit of the contact as it was at `version`; raises EditConflict when it has moved on, or was deleted.

    `tags_seen`: those the editor knew of; tags that others gave or took meanwhile (which is no edit) stay so. A draft
    that changes nothing leaves no trace. Makes and raises what `create_contact` does, too.
    """
    standing = standing_at(contact, version)
    before = Draft.of(standing)
    draft = _with_new_companies(draft, by=by)
    apply(standing, draft, tags_seen)
    after = Draft.of(standing)
    if changes := differences(before.as_recorded(), after.as_recorded()):
        _note(standing)
        primary_moved(standing, before, after, by=by)
        record("contact.edit", standing, changes=changes, by=by)
    return standing


def standing_at(contact: Contact, version: int) -> Contact:
    """The contact as they stand now, locked; raises EditConflict where that is not what the editor saw.

    Their user is read after the lock was had: joined to the row, it would be as it was before the wait.
    """
    locked = Contact.objects.select_for_update(of=("self",)).select_related("company").prefetch_related("user")
    standing = locked.filter(pk=contact.pk).first()  # an import's undo may have taken them away
    if standing is None or standing.version != version or standing.deleted_at:
        raise EditConflict
    return standing


@transaction.atomic
def restore_and_edit(
    contact: Contact, draft: Draft, *, version: int, tags_seen: Iterable[str] | None = None, by: Actor
) -> Contact:
    """Bring a contact back that was deleted while it was edited, and save the edit; raises what `edit_contact` raises."""
    restore(contact, by=by)
    return edit_contact(contact, draft, version=version, tags_seen=tags_seen, by=by)


def _with_new_companies(draft: Draft, *, by: Actor) -> Draft:
    """The draft with those of its companies made that are new (unsaved), each name once."""
    made: dict[str, Company] = {}

    def saved(company: Company) -> Company:
        if company.pk:
            return company
        if company.name_key not in made:
            made[company.name_key] = create_company(CompanyDraft(name=company.name), by=by)
        return made[company.name_key]

    company = saved(draft.company) if draft.company else None
    return replace(draft, company=company, other_companies=tuple(map(saved, draft.other_companies)))


def company_of(emails: Iterable[str]) -> Company | None:
    """The company to which the first of these addresses leads by its domain."""
    for key in distinct_addresses(emails):
        if company := Company.objects.with_domain(domain_of(key)).first():
            return company
    return None


def apply(
    contact: Contact, draft: Draft, tags_seen: Iterable[str] | None = None, *, must_be_reachable: bool = True
) -> None:
    """Make the locked contact what the draft says; the record and the version are the caller's.

    `must_be_reachable` False: also where that leaves nothing to reach the contact by, instead of raising Unreachable.
    """
    contact.company = draft.company
    _fill(contact, draft, must_be_reachable=must_be_reachable)
    _save_unique(contact)
    put_addresses(contact, draft.emails)
    _put_companies(contact, draft.other_companies)
    put_tags(contact, draft.tags, seen=tags_seen)
    mirror(contact, draft)


def _fill(contact: Contact, draft: Draft, *, must_be_reachable: bool = True) -> None:
    """Set the texts, and the columns that follow them; asks first whether this can be a contact."""
    if must_be_reachable and not draft.is_reachable:
        raise Unreachable
    wanted = distinct_addresses(draft.emails)
    refuse_taken(list(wanted), contact)
    for name in TEXTS:
        setattr(contact, name, getattr(draft, name))
    contact.name = draft.name or _default_name(draft)
    contact.external_id = draft.external_id or None
    _index(contact, [cleaned.stored for cleaned in wanted.values()])


def _default_name(draft: Draft) -> str:
    """The email's local part; where there is no email, what else the contact is known by."""
    local = draft.emails[0].partition("@")[0].strip() if draft.emails else ""
    known_by = local or draft.work_phone or draft.mobile_phone or draft.external_id
    return clean_name(known_by) or known_by


def _index(contact: Contact, emails: list[str]) -> None:
    region = house().phone_region
    phones = (contact.work_phone, contact.mobile_phone)
    contact.name_key = name_key(contact.name)
    contact.work_phone_key, contact.mobile_phone_key = (phone_key(phone, region) for phone in phones)
    contact.search_text = search_text(contact.name, emails, phones, contact.external_id or "", region)


def _save_unique(contact: Contact) -> None:
    owner = Contact.objects.filter(external_id=contact.external_id).exclude(pk=contact.pk).first()
    if contact.external_id and owner:
        raise ExternalIdTaken(owner)
    try:
        with transaction.atomic():
            contact.save()
    except IntegrityError:  # a writer was quicker
        owner = Contact.objects.filter(external_id=contact.external_id).exclude(pk=contact.pk).first()
        if owner is None:
            raise
        raise ExternalIdTaken(owner) from None


def _put_companies(contact: Contact, companies: Iterable[Company]) -> None:
    """The further companies; the default one is not among them."""
    wanted = {company.pk for company in companies} - {contact.company_id}
    standing = set(contact.memberships.values_list("company_id", flat=True))
    contact.memberships.filter(company__in=standing - wanted).delete()
    ordered = [company.pk for company in companies if company.pk in wanted - standing]
    Membership.objects.bulk_create(Membership(contact=contact, company_id=pk) for pk in dict.fromkeys(ordered))


def mirror(contact: Contact, draft: Draft) -> None:
    """A customer's sign-in carries the contact's name, shown address, language and zone; an agent's is their own."""
    user = contact.user
    if user is None or user.is_agent:
        return
    user.name = contact.name
    user.email = contact.addresses.filter(is_primary=True).values_list("email", flat=True).first() or ""
    user.language = draft.language or user.language
    user.time_zone = draft.time_zone
    user.save(update_fields=["name", "email", "language", "time_zone"])


def _note(contact: Contact) -> None:
    contact.version += 1
    contact.updated_at = timezone.now()
    contact.save(update_fields=["version", "updated_at"])


def primary_moved(contact: Contact, before: Draft, after: Draft, *, by: Actor) -> None:
    """Where the primary address changed: links to the old one die, and a verified contact is told at both."""
    old, new = (draft.emails[0] if draft.emails else "" for draft in (before, after))
    if (address_key(old) if old else "") == (address_key(new) if new else ""):
        return
    links.revoke(CONTACT, [contact.pk], SecretLink.Purpose.ACTIVATE, SecretLink.Purpose.RESET)
    progress.settle([contact.pk])
    if contact.verified_at and old and new:
        cause = f"{PRIMARY_CHANGED.code}:{contact.pk}:{contact.version}"
        post(PRIMARY_CHANGED, letters.primary_changed(contact, old=old, new=new, cause=cause), by=by)


def _given(draft: Draft) -> dict[str, tuple[object, object]]:
    return {name: (None, value) for name, value in draft.as_recorded().items() if value}
