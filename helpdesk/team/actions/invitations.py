"""Inviting somebody to the team, until they have accepted."""

from __future__ import annotations

from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from contacts.actions.addresses import claim_for_agent
from contacts.actions.sharing import locked_of, part, verify
from contacts.models import Contact
from helpdesk.audit.actions import record
from helpdesk.outbox import links
from helpdesk.outbox.models import SecretLink
from helpdesk.outbox.posting import post
from helpdesk.team import emails
from helpdesk.team.actions.passwords import LinkSpent, put_password
from helpdesk.team.notices import INVITATION, USER
from helpdesk.users import actors
from helpdesk.users.actors import Actor
from helpdesk.users.models import User
from helpdesk.users.throttling import Limit, consume

AGAIN = Limit("team.invite", 1, 60)


class NotInvited(Exception):
    """The agent has accepted already, or was deactivated."""


class TooSoon(Exception):
    """The last invitation went out less than a minute ago."""


@transaction.atomic
def invite(email: str, *, name: str, role: str, language: str, by: Actor) -> User:
    """A new agent who still has to accept; raises AddressError, and Taken for an address that has an owner."""
    user = User(name=name or email.partition("@")[0].strip(), role=role, language=language)
    user.set_unusable_password()
    user.save()
    claim_for_agent(user, email, by=by)
    consume(AGAIN, str(user.pk))
    send_invitation(user, by=by)
    record("user.invite", user, changes={"role": ("", role)}, by=by)
    return user


@transaction.atomic
def invite_again(user: User, *, by: Actor) -> None:
    """Send the invitation once more; the newer link replaces the older. Raises NotInvited and TooSoon."""
    if not (user.is_invited and user.is_active):
        raise NotInvited
    if not consume(AGAIN, str(user.pk)):
        raise TooSoon
    send_invitation(user, by=by)
    record("user.invite_again", user, by=by)


@transaction.atomic
def withdraw(user: User, *, by: Actor) -> None:
    """Take an invitation back: the link dies, the address is free again, or the contact's alone who was invited.

    Raises NotInvited once accepted, or withdrawn.
    """
    contact = locked_of(user)
    fresh = User.objects.select_for_update().filter(pk=user.pk).first()
    if fresh is None or not fresh.is_invited:
        raise NotInvited
    user = fresh
    links.revoke(USER, [user.pk], SecretLink.Purpose.INVITE)
    record("user.withdraw", user, changes={"email": (user.email, "")}, by=by)
    if contact is not None:
        part(contact, user)
        record("contact.step_back", contact, by=by)
    user.delete()


@transaction.atomic
def accept(link: SecretLink, *, name: str, password: str, language: str, by: Actor) -> User:
    """The invited agent comes in, whoever is first with this link, and is spoken to in `language` from now on.

    A contact is verified by it. Raises LinkSpent.
    """
    contact = Contact.objects.select_for_update().filter(user=link.subject_id).first()
    user = User.objects.select_for_update().filter(pk=link.subject_id, is_active=True).first()
    if user is None or not user.is_invited or not links.consume(link):
        raise LinkSpent
    user.name, user.language = name, language
    user.save(update_fields=["name", "language"])
    put_password(user, password)
    user.addresses.filter(email=link.sent_to).update(confirmed_at=timezone.now())
    if contact is not None:
        verify(contact)
    record("user.accept", user, by=actors.person(user, ip=by.ip, request_id=by.request_id))
    return user


def send_invitation(user: User, *, by: Actor) -> None:
    """The letter alone; the newest link replaces those before."""
    cause = f"team.invite:{user.pk}:{uuid4()}"
    post(INVITATION, [emails.invitation(user, cause=cause, invited_by=by.name)], by=by)
