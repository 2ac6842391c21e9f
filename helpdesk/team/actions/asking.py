"""Somebody at a door who cannot get in asks for an email; a worker answers, so the page tells nothing by its speed."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from contacts.actions.activation import send_access_link
from helpdesk.audit.actions import record
from helpdesk.outbox.posting import post
from helpdesk.team import emails
from helpdesk.team.actions.admins import agent_at
from helpdesk.team.models import LinkRequest
from helpdesk.team.notices import INVITATION, RESET
from helpdesk.users.actors import Actor, visitor
from helpdesk.users.addresses import ADDRESS_LENGTH, AddressError
from helpdesk.users.models import User
from helpdesk.users.throttling import Limit, consume
from helpdesk.workers.bell import ring_on_commit

PER_HOUR = Limit("letters.agent.hour", 3, 3600)
PER_DAY = Limit("letters.agent.day", 6, 24 * 3600)
GIVEN_UP = timedelta(days=1)


@transaction.atomic
def ask_for_link(typed_email: str, *, by: Actor) -> None:
    """Note that whoever reads mail at this address wants in; the same work for every address, known or not."""
    from helpdesk.team.tasks import answer_link_request

    asked = LinkRequest.objects.create(email=typed_email[:ADDRESS_LENGTH], ip=by.ip, request_id=by.request_id)
    ring_on_commit(answer_link_request, asked.pk)


@transaction.atomic
def answer(request_id: int) -> None:
    """Send what was asked for, if anybody is there to get it. Of two workers one finds the row."""
    asked = LinkRequest.objects.select_for_update(skip_locked=True).filter(pk=request_id).first()
    if asked is None:
        return
    send_way_in(asked.email, by=visitor(ip=asked.ip, request_id=asked.request_id))
    asked.delete()


@transaction.atomic
def send_way_in(typed_email: str, *, by: Actor) -> None:
    """Agents get a reset, invited ones their invitation, contacts what `send_access_link` has for them.

    Nobody, the deactivated and whoever had enough letters get nothing.
    """
    user = _agent_at(typed_email)
    if user is None:
        send_access_link(typed_email, by=by)
    elif user.is_active and consume(PER_HOUR, str(user.pk)) and consume(PER_DAY, str(user.pk)):
        _write_to(user, by)


def tidy() -> int:
    """Forget requests that could not be answered in a day; returns how many."""
    return LinkRequest.objects.filter(created_at__lt=timezone.now() - GIVEN_UP).delete()[0]


def _agent_at(typed_email: str) -> User | None:
    try:
        return agent_at(typed_email)
    except AddressError:
        return None


def _write_to(user: User, by: Actor) -> None:
    cause = f"team.way_in:{user.pk}:{uuid4()}"
    if user.is_invited:
        post(INVITATION, [emails.invitation(user, cause=cause, invited_by="")], by=by)
    else:
        post(RESET, [emails.password_reset(user, cause=cause)], by=by)
    record("user.ask_reset", user, by=by)
