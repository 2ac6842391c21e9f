"""What visitors and customers do at the portal."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from contacts.actions.activation import send_access_link
from helpdesk.users.actors import Actor, visitor
from helpdesk.users.signing_in import network_of
from helpdesk.users.throttling import Limit, consume
from helpdesk.workers.bell import ring_on_commit
from portal.models import LinkRequest

PER_IP = Limit("letters.ip", 20, 3600)
GIVEN_UP = timedelta(days=1)


@transaction.atomic
def ask_for_link(email: str, *, by: Actor) -> None:
    """Note that whoever reads mail at `email` wants in; the same work for every address, known or not.

    Beyond PER_IP it is dropped without a word.
    """
    from portal.tasks import answer_link_request

    if not consume(PER_IP, network_of(by.ip or "127.0.0.1")):
        return
    asked = LinkRequest.objects.create(email=email, ip=by.ip, request_id=by.request_id)
    ring_on_commit(answer_link_request, asked.pk)


@transaction.atomic
def answer(request_id: int) -> None:
    """Send what was asked for, if anybody is there to get it. Of two workers one finds the row."""
    asked = LinkRequest.objects.select_for_update(skip_locked=True).filter(pk=request_id).first()
    if asked is None:
        return
    send_access_link(asked.email, by=visitor(ip=asked.ip, request_id=asked.request_id))
    asked.delete()


def tidy() -> int:
    """Forget requests that could not be answered in a day; returns how many."""
    return LinkRequest.objects.filter(created_at__lt=timezone.now() - GIVEN_UP).delete()[0]
