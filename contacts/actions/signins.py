"""Giving a contact a working portal sign-in; shared by every verb that sets a password."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from contacts.models import Address, Contact
from contacts.notices import CONTACT
from helpdesk.audit.actions import Target, record
from helpdesk.outbox import links
from helpdesk.outbox.models import SecretLink
from helpdesk.users import actors
from helpdesk.users.actors import Actor
from helpdesk.users.addresses import AddressError, address_key
from helpdesk.users.models import User

PASSWORD_FIELDS = ("password", "password_set_at", "must_change_password", "sessions_epoch")


class Refused(Exception):
    """The verb did nothing; `reason` says why, in the reader's language."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LinkGone(Exception):
    """The link was used, expired, replaced or revoked before this verb got it, or it is no contact's."""


def bearer(link: SecretLink) -> Contact | None:
    """The contact whom the link lets in, locked; an agent's link lets in no contact of the same number."""
    return locked(link.subject_id) if link.subject_kind == CONTACT else None


def locked(contact_id: int) -> Contact | None:
    """The contact, kept from everybody else until the transaction ends.

    Their user is read after that: joined to the row that was waited for, it would be as it was before the wait.
    """
    return Contact.objects.select_for_update(of=("self",)).prefetch_related("user").filter(pk=contact_id).first()


def primary_of(contact: Contact) -> Address | None:
    return contact.addresses.filter(is_primary=True).first()


def why_no_sign_in(contact: Contact) -> str:
    """Why nobody may give this contact a password now; "" when they may."""
    if contact.deleted_at:
        return pgettext("why a contact gets no email", "deleted")
    if contact.blocked_at:
        return pgettext("why a contact gets no email", "blocked")
    if contact.user is not None and contact.user.is_agent:
        return _("works here as an agent and signs in at the agents' page")
    return ""


def candidate(contact: Contact) -> User:
    """The contact's user, or the one they would get: what a new password is checked against."""
    primary = primary_of(contact)
    email = primary.email if primary else ""
    return contact.user or User(
        name=contact.name, email=email, language=_language(contact), time_zone=contact.time_zone
    )


def give_password(contact: Contact, password: str, *, how: Contact.VerifiedHow, must_change: bool = False) -> User:
    """Let `contact` sign in with `password`: verified from now on, other sessions end, other links die."""
    user = candidate(contact)
    user.set_password(password)
    user.must_change_password = must_change
    user.sessions_epoch += 1
    user.save(update_fields=PASSWORD_FIELDS if user.pk else None)
    if contact.verified_at is None:
        contact.user, contact.verified_at, contact.verified_how = user, timezone.now(), how
        contact.save(update_fields=["user", "verified_at", "verified_how"])
    links.revoke(CONTACT, [contact.pk], "activate", "reset")
    links.revoke(User._meta.label_lower, [user.pk], "reset", "invite")  # an agent's own: the same password
    return user


def themselves(user: User, by: Actor) -> Actor:
    """Whoever holds the emailed link is its owner, though they are not signed in yet."""
    return actors.person(user, ip=by.ip, request_id=by.request_id)


def note_sign_in(user: User, *, by: Actor) -> None:
    """A customer signed in to the portal; nothing for a user who is no contact (any more)."""
    if contact := Contact.objects.filter(user=user).first():
        record("contact.sign_in", contact, by=by)


def note_lock_out(typed: str, *, by: Actor) -> None:
    """Somebody used up the tries of this address: one question and one line, whoever's it is or nobody's.

    An address that is nobody's is named as typed. An agent's lock-out stands in the log only.
    """
    try:
        key = address_key(typed)
    except AddressError:
        key = ""
    address = Address.objects.owned_by_key(key).first()
    owner = (address.contact or address.user) if address else None
    record("contact.lock_out", owner or Target("", None, typed), by=by)


def confirm(contact: Contact, email: str) -> None:
    """Whoever used a link sent to `email` reads that mailbox."""
    if email:  # a link that was printed was sent nowhere
        contact.addresses.filter(key=address_key(email), confirmed_at=None).update(confirmed_at=timezone.now())


def _language(contact: Contact) -> str:
    """What is known of the contact, else what the person is reading right now."""
    return contact.language or (get_language() or "en").partition("-")[0]
