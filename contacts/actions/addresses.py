"""Whose address is whose: one key, one person (PRODUCT 3.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from contacts.models import MOST_ADDRESSES, Address, Contact
from helpdesk.audit.actions import record
from helpdesk.users.actors import Actor
from helpdesk.users.addresses import CleanAddress, clean_address
from helpdesk.users.models import User


class Taken(Exception):
    """The address belongs to somebody else: `owner`, a contact (perhaps a deleted one) or an agent."""

    def __init__(self, email: str, owner: Contact | User) -> None:
        super().__init__(email)
        self.email = email
        self.owner = owner


class TooManyAddresses(Exception):
    """More than MOST_ADDRESSES for one contact."""

    def __str__(self) -> str:
        return _("A contact can have at most %(count)s email addresses.") % {"count": MOST_ADDRESSES}


def owner_of(key: str) -> Contact | User | None:
    """Whose address has this key; the contact where contact and agent are one person."""
    address = Address.objects.owned_by_key(key).first()
    return (address.contact or address.user) if address else None


@transaction.atomic
def claim_for_agent(user: User, email: str, *, by: Actor) -> Address:
    """Make `email` an address of the agent, the shown one if it is the first; raises AddressError and Taken."""
    cleaned = clean_address(email)
    address = _claimed(cleaned, user)
    if not user.email:
        user.email = address.email
        user.save(update_fields=["email"])
    record("user.claim_address", user, changes={"email": ("", address.email)}, by=by)
    return address


@transaction.atomic
def move_agent(user: User, email: str) -> None:
    """Make the confirmed `email` the agent's only address; those of before are free, or stay with the same person's contact.

    Raises AddressError and Taken.
    """
    cleaned = clean_address(email)
    address = _shared(cleaned, user) or _claimed(cleaned, user)
    user.addresses.exclude(pk=address.pk).filter(contact=None).delete()
    user.addresses.exclude(pk=address.pk).update(user=None)
    address.email, address.user, address.confirmed_at = cleaned.stored, user, timezone.now()
    address.is_primary = address.is_primary or address.contact_id is None
    address.save()
    user.email = address.email
    user.save(update_fields=["email"])


def _shared(cleaned: CleanAddress, user: User) -> Address | None:
    """The address where it is that of the contact who is the same person."""
    return Address.objects.filter(key=cleaned.key, contact__user=user).first()


def _claimed(cleaned: CleanAddress, user: User) -> Address:
    own = Address.objects.filter(key=cleaned.key, user=user).first()
    if own is not None:
        return own
    is_first = not user.addresses.exists()
    return _created(Address(key=cleaned.key, email=cleaned.stored, user=user, is_primary=is_first))


def put_addresses(contact: Contact, emails: Iterable[str]) -> list[str]:
    """Give the contact exactly these addresses, the first as the primary; what stays keeps its confirmation.

    Returns them as stored. Raises AddressError, Taken and TooManyAddresses. To be called inside a transaction.
    """
    wanted = distinct(emails)
    standing = {address.key: address for address in contact.addresses.select_for_update()}
    _let_go([address for key, address in standing.items() if key not in wanted])
    contact.addresses.filter(is_primary=True).update(is_primary=False)
    for key in wanted.keys() & standing.keys():
        _keep(standing[key], wanted[key])
    _add_all(contact, [cleaned for key, cleaned in wanted.items() if key not in standing])
    contact.addresses.filter(key=next(iter(wanted), "")).update(is_primary=True)
    return [cleaned.stored for cleaned in wanted.values()]


def give_back(holder: Contact, owner: Contact, kept: Sequence[Mapping[str, Any]]) -> list[Taken]:
    """Make the addresses `kept` (rows of before, as JSON) those of `owner` again: the holder's, and those nobody has now.

    Returns those that belong to somebody else by now. To be called inside a transaction, with both locked.
    """
    keys, taken = [row["key"] for row in kept], list[Taken]()
    Address.objects.filter(contact=holder, key__in=keys).update(contact=owner, is_primary=False)
    standing = set(owner.addresses.values_list("key", flat=True))
    for row in sorted(kept, key=lambda row: row["key"]):
        if row["key"] not in standing:
            _recreate(row, owner, taken)
    wanted = next((row["key"] for row in kept if row["is_primary"]), "")
    primary = owner.addresses.filter(key=wanted).first() or owner.addresses.order_by("pk").first()
    if primary is not None:
        owner.addresses.filter(pk=primary.pk).update(is_primary=True)
    return taken


def _recreate(row: Mapping[str, Any], owner: Contact, taken: list[Taken]) -> None:
    confirmed = parse_datetime(row["confirmed_at"]) if row["confirmed_at"] else None
    try:
        _created(Address(key=row["key"], email=row["email"], contact=owner, confirmed_at=confirmed))
    except Taken as refusal:
        taken.append(refusal)


def distinct(emails: Iterable[str]) -> dict[str, CleanAddress]:
    """The addresses by key, each once, in their order; raises AddressError and TooManyAddresses."""
    wanted: dict[str, CleanAddress] = {}
    for typed in emails:
        cleaned = clean_address(typed)
        wanted.setdefault(cleaned.key, cleaned)
    if len(wanted) > MOST_ADDRESSES:
        raise TooManyAddresses
    return wanted


def refuse_taken(keys: Sequence[str], contact: Contact | None, *, agent: User | None = None) -> None:
    """Raise Taken for the first key that belongs to somebody other than `contact`, or than `agent`."""
    found = Address.objects.filter(key__in=keys).select_related("contact", "user")
    owned = {address.key: address for address in found}
    for key in keys:
        if key in owned and not _is_of(owned[key], contact) and not _is_of_agent(owned[key], agent):
            raise _taken(owned[key])


def _is_of(address: Address, contact: Contact | None) -> bool:
    """Whether the address is the contact's already, or that of the agent who is the same person."""
    if contact is None or contact.pk is None:
        return False
    if address.contact_id:
        return address.contact_id == contact.pk
    return contact.user_id is not None and address.user_id == contact.user_id


def _is_of_agent(address: Address, agent: User | None) -> bool:
    """Whether it is the agent's, or that of the contact who is the same person."""
    if agent is None:
        return False
    return address.user_id == agent.pk or (address.contact is not None and address.contact.user_id == agent.pk)


def _taken(address: Address) -> Taken:
    owner = address.contact or address.user
    assert owner is not None  # noqa: S101 (constraint address_owned)
    return Taken(address.email, owner)


def _let_go(addresses: list[Address]) -> None:
    """Delete what the contact loses; an agent keeps the address to sign in with."""
    Address.objects.filter(pk__in=[row.pk for row in addresses if row.user_id is None]).delete()
    Address.objects.filter(pk__in=[row.pk for row in addresses if row.user_id]).update(contact=None)


def _keep(address: Address, cleaned: CleanAddress) -> None:
    if address.email != cleaned.stored:
        Address.objects.filter(pk=address.pk).update(email=cleaned.stored)


def _add_all(contact: Contact, added: list[CleanAddress]) -> None:
    """Claimed in the order of their keys, the same for every writer, so that two never wait for each other in a circle."""
    by_key = sorted(added, key=lambda cleaned: cleaned.key)
    for cleaned in by_key:
        _add(contact, cleaned)
    if by_key != added:
        _in_order(contact, added)


def _in_order(contact: Contact, added: list[CleanAddress]) -> None:
    """Write the claimed ones once more, as they were typed: whoever waits for one of them waits for this transaction."""
    claimed = contact.addresses.filter(key__in=[cleaned.key for cleaned in added], user=None)
    mine = set(claimed.values_list("key", flat=True))
    claimed.delete()
    Address.objects.bulk_create(
        Address(key=cleaned.key, email=cleaned.stored, contact=contact) for cleaned in added if cleaned.key in mine
    )


def _add(contact: Contact, cleaned: CleanAddress) -> None:
    if contact.user_id and Address.objects.filter(key=cleaned.key, user=contact.user_id, contact=None).update(
        contact=contact, is_primary=False
    ):
        return
    _created(Address(key=cleaned.key, email=cleaned.stored, contact=contact))


def _created(address: Address) -> Address:
    """Saved; a writer who was quicker is answered like an owner of old: the constraint decides."""
    try:
        with transaction.atomic():
            address.save(force_insert=True)
    except IntegrityError:
        owned = Address.objects.owned_by_key(address.key).first()
        if owned is None:
            raise
        raise _taken(owned) from None
    return address
