"""Requests at the same moment: one winner, one letter, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, connections, transaction

from contacts.actions.activation import activate, send_activations
from contacts.actions.signins import LinkGone
from contacts.models import Contact
from contacts.notices import still_wants_activation
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.users import actors
from tests.factories import make_contact
from tests.portal.letters import SYSTEM, invited, letters_to, link_of

VISITOR = actors.visitor(ip="192.0.2.7")


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_of_a_hundred_posts_one_wins(self) -> None:
        contact = make_contact()
        link = link_of(invited(contact))
        outcomes = _at_once(lambda number: activate(link, f"gate-lantern-{number:03}", by=VISITOR), 100)
        winners = [number for number, outcome in enumerate(outcomes) if isinstance(outcome, Contact)]
        assert len(winners) == 1
        assert {type(outcome) for outcome in outcomes} == {Contact, LinkGone}
        contact.refresh_from_db()
        assert contact.user is not None
        assert contact.user.check_password(f"gate-lantern-{winners[0]:03}")
        assert len(letters_to(contact, "password_set")) == 1

    def test_of_ten_bulk_requests_each_contact_gets_one_letter(self) -> None:
        ids = [make_contact().pk for _ in range(5)]
        results = _at_once(lambda number: send_activations(ids if number % 2 else ids[::-1], by=SYSTEM), 10)
        assert sum(len(result.sent) for result in results) == 5  # type: ignore[attr-defined]
        assert list(OutgoingEmail.objects.order_by("about_id").values_list("about_id", flat=True)) == ids


def _at_once(act: Callable[[int], object], count: int) -> list[object]:
    """What `act(0)`, `act(1)` … returned or raised, all started together in threads of their own."""

    def guarded(number: int) -> object:
        try:
            return act(number)
        except LinkGone as gone:
            return gone
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=min(count, 20)) as pool:
        return list(pool.map(guarded, range(count)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite writers wait for each other anyway")
def test_nobody_changes_a_contact_between_the_last_question_and_the_handoff() -> None:
    """Else the old address, just removed, would get a link that nothing revokes."""
    contact = make_contact()
    send_activations([contact.pk], by=SYSTEM)
    with transaction.atomic():
        assert still_wants_activation(OutgoingEmail.objects.get()) == ""
        with pytest.raises(OperationalError):
            _at_once(lambda _number: _taken_at_once(contact), 1)


@transaction.atomic
def _taken_at_once(contact: Contact) -> Contact:
    return Contact.objects.select_for_update(nowait=True).get(pk=contact.pk)
