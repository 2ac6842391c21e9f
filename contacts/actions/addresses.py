"""Whose address is whose: one key, one person (PRODUCT 3.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
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
    for cleaned in wanted.values():
        _keep(standing[cleaned.key], cleaned) if cleaned.key in standing else _add(contact, cleaned)
    contact.addresses.filter(key=next(iter(wanted), "")).update(is_primary=True)
    return [cleaned.stored for cleaned in wanted.values()]


def distinct(emails: Iterable[str]) -> dict[str, CleanAddress]:
    """The addresses by key, each once, in their order; raises AddressError and TooManyAddresses."""
    wanted: dict[str, CleanAddress] = {}
    for typed in emails:
        cleaned = clean_address(typed)
        wanted.setdefault(cleaned.key, cleaned)
    if len(wanted) > MOST_ADDRESSES:
        raise TooManyAddresses
    return wanted


def refuse_taken(keys: Sequence[str], contact: Contact | None) -> None:
    """Raise Taken for the first key that belongs to somebody other than `contact`."""
    found = Address.objects.filter(key__in=keys).select_related("contact", "user")
    owned = {address.key: address for address in found}
    for key in keys:
        if key in owned and not _is_of(owned[key], contact):
            raise _taken(owned[key])


def _is_of(address: Address, contact: Contact | None) -> bool:
    """Whether the address is the contact's already, or that of the agent who is the same person."""
    if contact is None or contact.pk is None:
        return False
    if address.contact_id:
        return address.contact_id == contact.pk
    return contact.user_id is not None and address.user_id == contact.user_id


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
