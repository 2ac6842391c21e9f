"""A contact becomes an agent and a contact only again: one person, whose tickets and letters stay (docs/adr/0014)."""

from __future__ import annotations

from uuid import uuid4

from allauth.mfa.models import Authenticator
from django.db import transaction

from contacts.actions.sharing import locked_of, part, share, why_no_agent
from contacts.actions.signins import Refused, locked
from contacts.models import Contact
from helpdesk.audit.actions import Entry, record_all
from helpdesk.outbox import links
from helpdesk.outbox.models import SecretLink
from helpdesk.outbox.posting import post
from helpdesk.team import emails
from helpdesk.team.actions.invitations import AGAIN, send_invitation, withdraw
from helpdesk.team.actions.members import held
from helpdesk.team.emails import Event
from helpdesk.team.notices import SECURITY, USER
from helpdesk.users.actors import Actor
from helpdesk.users.models import User
from helpdesk.users.throttling import consume


class NoContact(Exception):
    """The agent is nobody's contact (any more), or no agent."""


@transaction.atomic
def make_agent(contact: Contact, role: str, *, by: Actor) -> User:
    """Let the contact work here as `role`: with the password they have, else by an invitation. Raises Refused.

    They are signed out everywhere, so that the agents' second step is asked of whoever comes in.
    """
    fresh = locked(contact.pk)
    if fresh is None or (reason := why_no_agent(fresh)):
        raise Refused(reason if fresh else "")
    user = share(fresh, role)
    user.end_sessions()
    told = [Entry("user.make_agent", user, {"role": ("", role)}), Entry("contact.make_agent", fresh)]
    record_all(told, by=by)
    if user.is_invited:
        consume(AGAIN, str(user.pk))
        send_invitation(user, by=by)
    else:
        _tell(user, "agent_made", by=by)
    return user


@transaction.atomic
def step_back(user: User, *, by: Actor) -> Contact:
    """Take the role away: signed out everywhere, without a second step, a verified contact as before.

    An invitation that was not accepted is withdrawn. Raises NoContact, Oneself and LastAdmin.
    """
    contact = locked_of(user)
    user = held(user, by, leaves_admins=True)
    if contact is None or not user.is_agent:
        raise NoContact
    if user.is_invited:
        withdraw(user, by=by)
        return contact
    before = user.role
    user.role, user.is_active = "", not (contact.blocked_at or contact.deleted_at)
    user.save(update_fields=["role", "is_active"])
    user.end_sessions()
    Authenticator.objects.filter(user=user).delete()
    links.revoke(USER, [user.pk], SecretLink.Purpose.RESET, SecretLink.Purpose.INVITE, SecretLink.Purpose.CONFIRM)
    contact.user = user
    part(contact, user)
    told = [Entry("user.step_back", user, {"role": (before, "")}), Entry("contact.step_back", contact)]
    record_all(told, by=by)
    user.refresh_from_db()
    _tell(user, "agent_ended", by=by)
    return contact


def _tell(user: User, event: Event, *, by: Actor) -> None:
    """Not from where: it is an admin's doing."""
    post(SECURITY, [emails.security(user, event, cause=f"team.{event}:{user.pk}:{uuid4()}", ip=None)], by=by)
