"""Agents' own passwords. Whoever sets one anew is signed out everywhere else."""

from __future__ import annotations

from uuid import uuid4

from django.db import transaction

from helpdesk.audit.actions import record
from helpdesk.outbox import links
from helpdesk.outbox.models import SecretLink
from helpdesk.outbox.posting import post
from helpdesk.team import emails
from helpdesk.team.emails import Event
from helpdesk.team.notices import SECURITY, USER
from helpdesk.users import actors
from helpdesk.users.actors import Actor
from helpdesk.users.models import User


class LinkSpent(Exception):
    """The link was used, has expired, or whom it let in may not come in any more."""


def put_password(user: User, password: str) -> None:
    """Give `user` this password; every open link that could set another one dies, and so do all sessions."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "password_set_at", "must_change_password"])
    links.revoke(USER, [user.pk], SecretLink.Purpose.RESET, SecretLink.Purpose.INVITE)


@transaction.atomic
def change_own(user: User, password: str, *, by: Actor) -> None:
    put_password(user, password)
    record("user.change_password", user, by=by)
    tell(user, "password_changed", by=by)


@transaction.atomic
def reset(link: SecretLink, password: str, *, by: Actor) -> User:
    """The agent whom the link names has a new password, whoever is first with it; raises LinkSpent."""
    user = User.objects.select_for_update().filter(pk=link.subject_id, is_active=True).first()
    if link.subject_kind != USER or user is None or not user.is_agent or not links.consume(link):
        raise LinkSpent
    put_password(user, password)
    themselves = actors.person(user, ip=by.ip, request_id=by.request_id)
    record("user.reset_password", user, by=themselves)
    tell(user, "password_reset", by=themselves)
    return user


def tell(user: User, event: Event, *, by: Actor) -> None:
    """Write to the agent that their sign-in changed."""
    cause = f"team.{event}:{user.pk}:{uuid4()}"
    post(SECURITY, [emails.security(user, event, cause=cause, ip=by.ip)], by=by)
