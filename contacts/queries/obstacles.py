"""Why this customer cannot sign in: the first cause and its cure (PRODUCT 3.3). Only agents are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Address, Contact
from helpdesk.outbox.history import LatestLetter
from helpdesk.outbox.models import WAITING, State
from helpdesk.users.signing_in import PER_KEY
from helpdesk.users.throttling import is_used_up


@dataclass(frozen=True)
class Obstacle:
    """What keeps somebody out of the portal, and what an agent can do about it; a sentence each."""

    cause: str
    cure: str


def obstacle_of(contact: Contact, addresses: Sequence[Address], letter: LatestLetter | None) -> Obstacle | None:
    """The first obstacle; None where there is none known. `letter` is the newest activation email."""
    if contact.deleted_at:
        return Obstacle(_("The contact is deleted."), _("Restore the contact."))
    if contact.blocked_at:
        return Obstacle(_("The contact is blocked."), _("Unblock the contact."))
    if not addresses:
        return Obstacle(_("The contact has no email address."), _("Edit the contact and add an email."))
    if contact.verified_at:
        return _lock(addresses)
    return _unset(letter)


def _lock(addresses: Sequence[Address]) -> Obstacle | None:
    """Too many wrong passwords for one of the addresses today, from wherever."""
    if not any(is_used_up(PER_KEY, address.key) for address in addresses):
        return None
    return Obstacle(
        _("Too many wrong passwords were tried today."),
        _("Wait until tomorrow; somebody may be guessing the password."),
    )


def _unset(letter: LatestLetter | None) -> Obstacle:
    """No password has been set yet, because of what became of the activation email."""
    again = _("Send the activation email again.")
    if letter is None:
        return Obstacle(
            _("No password has been set: no activation email was sent yet."), _("Send the activation email.")
        )
    if letter.state in WAITING:
        return Obstacle(
            _("No password has been set: the activation email is on its way."), _("Look again in a minute.")
        )
    if letter.state == State.SENT:
        return _unused(letter, again)
    if letter.state == State.FAILED:
        cause = _("No password has been set: the mail server refused the activation email.")
        return Obstacle(cause, _("Check the email address, then send the activation email again."))
    if letter.state == State.UNKNOWN:
        return Obstacle(_("No password has been set: nobody knows whether the activation email left."), again)
    return Obstacle(_("No password has been set: the activation email was not sent."), again)


def _unused(letter: LatestLetter, again: str) -> Obstacle:
    if letter.expires_at and letter.expires_at <= timezone.now():
        return Obstacle(_("No password has been set: the link in the activation email has expired."), again)
    if letter.opened_at:
        cause = _("The link in the activation email was opened, but no password was set.")
        return Obstacle(cause, _("Ask the customer to open it again and set a password."))
    cause = _("The activation email was sent, but its link has not been used.")
    return Obstacle(cause, _("Ask the customer to look for it, also in the spam folder, or send it again."))
