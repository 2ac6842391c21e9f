"""Passwords of contacts after the first: reset by link, changed by themselves or by an admin."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from contacts import emails
from contacts.actions.signins import (
    LinkGone,
    Refused,
    bearer,
    confirm,
    give_password,
    locked,
    primary_of,
    themselves,
    why_no_sign_in,
)
from contacts.actions.spacing import latest_letters, next_cause, recent_letters, too_soon
from contacts.models import Contact
from contacts.notices import PASSWORD_CHANGED, PASSWORD_RESET
from helpdesk.audit.actions import record
from helpdesk.outbox import links
from helpdesk.outbox.models import SecretLink
from helpdesk.outbox.posting import post
from helpdesk.users.actors import Actor


@transaction.atomic
def send_password_reset(contact: Contact, *, by: Actor) -> None:
    """Send a verified contact the link to a new password; raises Refused with the reason."""
    fresh = locked(contact.pk)
    if fresh is None:
        raise Refused(_("not found"))
    primary = primary_of(fresh)
    if reason := why_no_sign_in(fresh):
        raise Refused(reason)
    if fresh.verified_at is None:
        raise Refused(_("not verified yet: send an activation email instead"))
    if primary is None:
        raise Refused(_("no email"))
    if reason := too_soon(primary, recent_letters(PASSWORD_RESET, [fresh.pk])):
        raise Refused(reason)
    cause = next_cause(PASSWORD_RESET, fresh.pk, latest_letters(PASSWORD_RESET, [fresh.pk]).get(fresh.pk))
    post(PASSWORD_RESET, [emails.password_reset(fresh, primary, cause=cause)], by=by)
    record("contact.send_reset", fresh, changes={"email": (None, primary.email)}, by=by)


@transaction.atomic
def reset_password(link: SecretLink, password: str, *, by: Actor) -> Contact:
    """Set a new password through a reset link. Exactly one of many wins; the others get LinkGone."""
    contact = bearer(link)
    if contact is None or contact.verified_at is None or why_no_sign_in(contact) or not links.consume(link):
        raise LinkGone
    confirm(contact, link.sent_to)
    user = give_password(contact, password, how=Contact.VerifiedHow.LINK)
    _tell(contact, by_helpdesk=False, by=by)
    record("contact.reset_password", contact, by=themselves(user, by))
    return contact


@transaction.atomic
def change_password(contact: Contact, password: str, *, must_change: bool, by: Actor) -> Contact:
    """An admin sets a contact's password, which verifies the contact; raises Refused with the reason.

    With `must_change` the contact has to choose another one before anything else. The letter never holds it.
    """
    fresh = locked(contact.pk)
    if fresh is None:
        raise Refused(_("not found"))
    if reason := why_no_sign_in(fresh):
        raise Refused(reason)
    if primary_of(fresh) is None:
        raise Refused(_("no email"))
    before = fresh.verified_at
    give_password(fresh, password, how=Contact.VerifiedHow.ADMIN, must_change=must_change)
    _tell(fresh, by_helpdesk=True, by=by)
    changes = {} if before else {"verified_at": (None, fresh.verified_at)}
    record("contact.change_password", fresh, changes=changes, by=by)
    return fresh


@transaction.atomic
def choose_password(contact: Contact, password: str, *, by: Actor) -> Contact:
    """A customer who is signed in takes a new password; every other session of theirs ends."""
    fresh = locked(contact.pk)
    if fresh is None or fresh.verified_at is None or fresh.blocked_at or fresh.deleted_at:
        raise Refused(_("not found"))
    give_password(fresh, password, how=Contact.VerifiedHow.LINK)
    _tell(fresh, by_helpdesk=False, by=by)
    record("contact.choose_password", fresh, by=by)
    return fresh


def _tell(contact: Contact, *, by_helpdesk: bool, by: Actor) -> None:
    """The letter about the change; its cause is the epoch that the change began."""
    primary = primary_of(contact)
    if primary is None or contact.user is None:
        return
    cause = f"password_changed:{contact.pk}:{contact.user.sessions_epoch}"
    letter = emails.password_changed(contact, primary, cause=cause, by_helpdesk=by_helpdesk)
    post(PASSWORD_CHANGED, [letter], by=by)
