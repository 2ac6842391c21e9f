"""Why this customer cannot sign in: the first cause and its cure (PRODUCT 3.3). Only agents are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from contacts.badges import is_dead
from contacts.models import Address, Contact
from contacts.queries.locks import locked_until
from helpdesk.outbox.history import LatestLetter
from helpdesk.outbox.models import WAITING, State
from helpdesk.outbox.stopping import Stop, what_stops
from helpdesk.ui.moments import spoken
from helpdesk.users.models import User

Button = Literal["restore", "unblock", "edit", "activate", "reset", "unlock", "outbox", "background", "look", ""]


@dataclass(frozen=True)
class Obstacle:
    """What keeps somebody out of the portal, and what an agent can do about it; a sentence each.

    `button` names the one that does it (contacts/_cure.html); "" where it is done outside of the helpdesk.
    """

    cause: str
    cure: str
    button: Button = ""


def obstacle_of(
    contact: Contact, addresses: Sequence[Address], letter: LatestLetter | None, refused: Mapping[str, str]
) -> Obstacle | None:
    """The first obstacle; None where there is none known. `letter` is the newest activation email.

    `refused` are the addresses at which the mail server takes no letters, with its words.
    """
    if shut_out := _standing(contact):
        return shut_out
    if not addresses:
        return Obstacle(_("The contact has no email address."), _("Edit the contact and add an email."), "edit")
    primary = next((address.email for address in addresses if address.is_primary), "")
    if contact.verified_at:
        deaf = _deaf(primary) if primary in refused else None
        return _lock(contact, addresses) or deaf or _taken_away(contact) or _must_change(contact)
    if primary in refused and not (letter and letter.state in WAITING):
        return _unreached(primary, refused[primary])
    return _unset(letter)


def _standing(contact: Contact) -> Obstacle | None:
    if contact.deleted_at:
        return Obstacle(_("The contact is deleted."), _("Restore the contact."), "restore")
    if contact.blocked_at:
        return Obstacle(_("The contact is blocked."), _("Unblock the contact."), "unblock")
    user = contact.user
    return _agent(user) if user is not None and user.is_agent else None


def _agent(user: User) -> Obstacle:
    """Agents have one password for both doors, and forget it as agents do."""
    if not user.is_active:
        cause = _("They are an agent here, and their account is deactivated.")
        return Obstacle(cause, _("An admin can reactivate it under “Agents”."))
    if user.is_invited:
        cause = _("They are invited to work here as an agent and have not chosen a password yet.")
        return Obstacle(cause, _("The invitation leads to it; an admin can send it again under “Agents”."))
    cause = _("They are an agent here: their agent's password opens the portal, too.")
    return Obstacle(cause, _("Whoever has forgotten it asks for a new one by “Forgot password” on the sign-in page."))


def _deaf(email: str) -> Obstacle:
    """They can sign in, but whoever forgets the password is lost."""
    cause = _("The mail server refuses letters to %(email)s, so a password reset email would not arrive.")
    return Obstacle(cause % {"email": email}, _("Ask for another address, and correct the email."), "edit")


def _unreached(email: str, words: str) -> Obstacle:
    cause = _("No password has been set: the mail server refuses letters to %(email)s: “%(words)s”.")
    cure = _("Correct the email address, then send the activation email again.")
    return Obstacle(cause % {"email": email, "words": words}, cure, "edit")


def _lock(contact: Contact, addresses: Sequence[Address]) -> Obstacle | None:
    """Too many wrong passwords for one of the addresses: today from wherever, or just now from one place."""
    until = locked_until(contact, addresses)
    if until is None:
        return None
    cause = _("Too many wrong passwords were tried. The next try is possible: %(until)s.") % {"until": spoken(until)}
    cure = _("Wait until then: somebody may be guessing the password. If it was the customer, let them try again now.")
    return Obstacle(cause, cure, "unlock")


def _taken_away(contact: Contact) -> Obstacle | None:
    """Whose it was, nobody knew (`contacts.actions.parting`)."""
    if contact.user is None or contact.user.has_usable_password():
        return None
    cause = _("There is no password any more: it was taken away when a merge was undone.")
    return Obstacle(cause, _("Send a password reset email."), "reset")


def _must_change(contact: Contact) -> Obstacle | None:
    """No obstacle to whoever has the password they were given."""
    if contact.user is None or not contact.user.must_change_password:
        return None
    cause = _("At the next sign-in a new password has to be chosen; until then nothing else opens.")
    cure = _("If the customer does not have the password that was set, send a password reset email.")
    return Obstacle(cause, cure, "reset")


def _unset(letter: LatestLetter | None) -> Obstacle:
    """No password has been set yet, because of what became of the activation email."""
    again = _("Send the activation email again.")
    if letter is None:
        cause = _("No password has been set: no activation email was sent yet.")
        return Obstacle(cause, _("Send the activation email."), "activate")
    if letter.state in WAITING:
        return _held_up(what_stops(letter))
    if letter.state == State.SENT:
        return _unused(letter, again)
    if letter.state == State.FAILED:
        return _failed(letter)
    if letter.state == State.UNKNOWN:
        cause = _("No password has been set: nobody knows whether the activation email left.")
        return Obstacle(cause, again, "activate")
    return Obstacle(_with(_("No password has been set: the activation email was not sent."), letter), again, "activate")


def _held_up(stop: Stop | None) -> Obstacle:
    """The letter waits in the outbox, on its way or not."""
    if stop is None:
        cause = _("No password has been set: the activation email is on its way.")
        return Obstacle(cause, _("Look again in a minute."), "look")
    if stop.why == "no server":
        cause = _("No password has been set: the activation email waits, because no mail server is set.")
        return Obstacle(cause, _("An admin sets EMAIL_URL and restarts; the letter then goes by itself."), "outbox")
    if stop.why == "no worker":
        cause = _("No password has been set: the activation email waits, because no worker is running.")
        return Obstacle(cause, _("An admin starts a worker; the letter then goes by itself."), "background")
    if stop.why == "paused":
        cause = _(
            "No password has been set: the activation email waits, because the mail server cannot be used: “%(words)s”."
        )
        cure = _("It is tried again every minute; the letter then goes by itself.")
        return Obstacle(cause % {"words": stop.words}, cure, "outbox")
    cause = _("No password has been set: the mail server put the activation email off: “%(words)s”.")
    return Obstacle(cause % {"words": stop.words}, _("It is tried again by itself, for a day."), "outbox")


def _failed(letter: LatestLetter) -> Obstacle:
    cause = _("No password has been set: the mail server refused the activation email.")
    cure = _("Check the email address, then send the activation email again.")
    return Obstacle(_with(cause, letter), cure, "activate")


def _with(cause: str, letter: LatestLetter) -> str:
    """With the server's words, or why it was not sent."""
    words = letter.server_reply or letter.reason
    return f"{cause} ({words})" if words else cause


def _unused(letter: LatestLetter, again: str) -> Obstacle:
    if is_dead(letter) and letter.revoked_at:
        cause = _("No password has been set: the link in the activation email no longer works, because the email changed or the contact was merged, blocked or deleted since.")  # fmt: skip
        return Obstacle(cause, again, "activate")
    if is_dead(letter):
        cause = _("No password has been set: the link in the activation email has expired.")
        return Obstacle(cause, again, "activate")
    if letter.opened_at:
        cause = _("The link in the activation email was opened, but no password was set.")
        return Obstacle(cause, _("Ask the customer to open it again and set a password."), "activate")
    cause = _("The activation email was sent, but its link has not been used.")
    cure = _("Ask the customer to look for it, also in the spam folder, or send it again.")
    return Obstacle(cause, cure, "activate")
