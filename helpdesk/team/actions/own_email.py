"""Agents change their own address: the password is asked, the new mailbox confirms, the old one is told."""

from __future__ import annotations

from uuid import uuid4

from django.db import transaction

from contacts.actions.addresses import move_agent, refuse_taken
from helpdesk.audit.actions import record
from helpdesk.outbox import links
from helpdesk.outbox.models import SecretLink
from helpdesk.outbox.posting import post
from helpdesk.team import emails
from helpdesk.team.actions.passwords import LinkSpent
from helpdesk.team.notices import EMAIL_CONFIRMATION, SECURITY, USER
from helpdesk.users import actors
from helpdesk.users.actors import Actor
from helpdesk.users.addresses import clean_address
from helpdesk.users.models import User
from helpdesk.users.throttling import Limit, consume

PER_HOUR = Limit("team.change_email", 5, 3600)


class TooOften(Exception):
    """Five letters an hour are enough for typing errors."""


@transaction.atomic
def ask_for_email(user: User, email: str, *, by: Actor) -> str:
    """Write to `email` for a confirmation; nothing changes before. Returns it as stored.

    Raises AddressError, Taken where somebody else has it, and TooOften.
    """
    cleaned = clean_address(email)
    refuse_taken([cleaned.key], None, agent=user)
    if not consume(PER_HOUR, str(user.pk)):
        raise TooOften
    letter = emails.confirm_email(user, cleaned.stored, cause=f"team.confirm_email:{user.pk}:{uuid4()}")
    post(EMAIL_CONFIRMATION, [letter], by=by)
    record("user.ask_email", user, changes={"email": (user.email, cleaned.stored)}, by=by)
    return cleaned.stored


@transaction.atomic
def confirm_email(link: SecretLink, *, by: Actor) -> User:
    """The address the link went to is the agent's from now on, the one before nobody's; all sessions end.

    Raises LinkSpent, and Taken where somebody else got the address meanwhile: then the link stays alive.
    """
    user = User.objects.select_for_update().filter(pk=link.subject_id, is_active=True).first()
    if link.subject_kind != USER or not link.sent_to or user is None or not user.is_agent:
        raise LinkSpent
    before = user.email
    move_agent(user, link.sent_to)
    if not links.consume(link):
        raise LinkSpent
    user.end_sessions()
    links.revoke(USER, [user.pk], SecretLink.Purpose.RESET, SecretLink.Purpose.CONFIRM)
    themselves = actors.person(user, ip=by.ip, request_id=by.request_id)
    record("user.change_email", user, changes={"email": (before, user.email)}, by=themselves)
    _tell_old(user, before, by=themselves)
    return user


def _tell_old(user: User, old: str, *, by: Actor) -> None:
    cause = f"team.email_changed:{user.pk}:{uuid4()}"
    post(SECURITY, [emails.security(user, "email_changed", cause=cause, ip=by.ip, to=old)], by=by)
