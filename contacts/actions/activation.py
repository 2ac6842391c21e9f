"""Inviting contacts to the portal: send the activation email; set the first password through its link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from contacts import emails
from contacts.actions.limits import MOST_AT_ONCE, TooMany
from contacts.actions.passwords import send_password_reset
from contacts.actions.signins import (
    LinkGone,
    Refused,
    bearer,
    confirm,
    give_password,
    primary_of,
    themselves,
    why_no_sign_in,
)
from contacts.actions.spacing import PAUSE, latest_letters, next_cause, recent_letters, too_soon
from contacts.models import Address, Contact
from contacts.notices import PASSWORD_SET, USER_ACTIVATION
from helpdesk.audit.actions import Entry, record, record_all
from helpdesk.outbox import links
from helpdesk.outbox.models import OutgoingEmail, SecretLink
from helpdesk.outbox.posting import Letter, post
from helpdesk.users.actors import Actor
from helpdesk.users.addresses import AddressError, address_key
from helpdesk.users.throttling import Limit, consume, give_back

VISITORS_LETTERS = (Limit("letters.contact.hour", 3, 3600), Limit("letters.contact.day", 6, 24 * 3600))


@dataclass(frozen=True)
class Skipped:
    """Who got no letter, and why. `contact` is None where there is none with this `id`."""

    contact: Contact | None
    reason: str
    id: int


@dataclass(frozen=True)
class ActivationResult:
    """Whose letter is on its way, and who was passed over."""

    sent: list[Contact]
    skipped: list[Skipped]


@transaction.atomic
def send_activations(
    contacts: QuerySet[Contact] | Iterable[int], *, pause: timedelta = PAUSE, by: Actor
) -> ActivationResult:
    """Invite those of `contacts` (or of these ids) who have no portal sign-in yet; the rest come back with the reason.

    `pause`: until the same address may get another one. Raises TooMany, having sent nothing, for more than MOST_AT_ONCE. Two requests at the same moment send one letter.
    """
    ids = _distinct(contacts)
    found, primaries = _locked(ids), _primaries(ids)
    latest, recent = latest_letters(USER_ACTIVATION, ids), recent_letters(USER_ACTIVATION, ids, pause=pause)
    result = ActivationResult([], [])
    for pk in ids:
        if reason := _reason_against(found.get(pk), primaries.get(pk), recent, pause):
            result.skipped.append(Skipped(found.get(pk), reason, pk))
        else:
            result.sent.append(found[pk])
    post(USER_ACTIVATION, [_invitation(one, primaries[one.pk], latest.get(one.pk)) for one in result.sent], by=by)
    record_all([_entry(one, primaries[one.pk]) for one in result.sent], by=by)
    return result


@transaction.atomic
def send_access_link(typed_email: str, *, by: Actor) -> None:
    """What a visitor who cannot get in asked for: verified contacts get a reset, unverified ones an activation.

    Says nothing about which; nobody, the blocked and whoever had enough letters get nothing.
    """
    contact = _contact_at(typed_email)
    if contact is None or why_no_sign_in(contact):
        return
    if not all(consume(limit, str(contact.pk)) for limit in VISITORS_LETTERS):
        return
    if not _sent_way_in(contact, by=by):
        for limit in VISITORS_LETTERS:
            give_back(limit, str(contact.pk))


def _sent_way_in(contact: Contact, *, by: Actor) -> bool:
    """False when asked again within the minute: the letter is on its way already, and costs no allowance."""
    if contact.verified_at is None:
        return bool(send_activations([contact.pk], by=by).sent)
    try:
        send_password_reset(contact, by=by)
    except Refused:
        return False
    return True


@transaction.atomic
def activate(link: SecretLink, password: str, *, by: Actor) -> Contact:
    """Set the first password through an activation link. Exactly one of many wins; the others get LinkGone.

    `password` is valid already: a rejected one must leave the link alive.
    """
    contact = bearer(link)
    if contact is None or not contact.is_unverified or why_no_sign_in(contact) or not links.consume(link):
        raise LinkGone
    confirm(contact, link.sent_to)
    user = give_password(contact, password, how=Contact.VerifiedHow.LINK)
    if (primary := primary_of(contact)) is not None:
        post(PASSWORD_SET, [emails.password_set(contact, primary, cause=f"password_set:link:{link.pk}")], by=by)
    changes = {"verified_at": (None, contact.verified_at)}
    record("contact.activate", contact, changes=changes, by=themselves(user, by))
    return contact


def _distinct(contacts: QuerySet[Contact] | Iterable[int]) -> list[int]:
    chosen = contacts.values_list("pk", flat=True) if isinstance(contacts, QuerySet) else contacts
    ids = list(dict.fromkeys(chosen))
    if len(ids) > MOST_AT_ONCE:
        raise TooMany(len(ids))
    return ids


def _locked(ids: list[int]) -> dict[int, Contact]:
    """In one order for everybody, so that two requests wait for each other instead of forever."""
    rows = Contact.objects.select_for_update(of=("self",)).prefetch_related("user").filter(pk__in=ids).order_by("pk")
    return {contact.pk: contact for contact in rows}


def _primaries(ids: list[int]) -> dict[int, Address]:
    return {address.contact_id or 0: address for address in Address.objects.filter(contact__in=ids, is_primary=True)}


def _reason_against(
    contact: Contact | None, primary: Address | None, recent: Mapping[tuple[int, str], OutgoingEmail], pause: timedelta
) -> str:
    """Why this contact gets no activation email now; "" for none."""
    if contact is None:
        return _("not found")
    if not contact.deleted_at and not contact.blocked_at and contact.verified_at:
        return _("already verified")
    if reason := why_no_sign_in(contact):
        return reason
    return _("no email") if primary is None else too_soon(primary, recent, pause=pause)


def _invitation(contact: Contact, primary: Address, latest: OutgoingEmail | None) -> Letter:
    return emails.activation(contact, primary, cause=next_cause(USER_ACTIVATION, contact.pk, latest))


def _entry(contact: Contact, primary: Address) -> Entry:
    return Entry("contact.send_activation", contact, {"email": (None, primary.email)})


def _contact_at(typed_email: str) -> Contact | None:
    try:
        key = address_key(typed_email)
    except AddressError:
        return None
    address = Address.objects.owned_by_key(key).first()
    return address.contact if address else None
