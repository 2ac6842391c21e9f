"""Forgetting somebody while others work with them: on both databases somebody wins, and nothing is left in the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connections

from contacts.actions import forgetting, standing
from contacts.actions.activation import send_activations
from contacts.actions.forgetting import forget_contact
from contacts.actions.signins import Refused
from contacts.models import Contact
from helpdesk.audit.models import AuditEntry
from helpdesk.audit.reading import note_view
from helpdesk.outbox.delivery import deliver_batch
from helpdesk.timeline.actions import SubjectGone, add_note
from helpdesk.ui.conflicts import EditConflict
from helpdesk.users.actors import Actor, person
from tests.contacts.test_merging import merge
from tests.contacts.traces import edit, found, mail
from tests.factories import make_admin, make_contact

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "Zebedee O'Quillan"
WORDS = [NAME, "zebedee@quillan.example", "quillan lane"]
assert mail


@pytest.fixture
def alma() -> Actor:
    return person(make_admin())


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each returned, or the refusal it raised; all begun at one moment in threads of their own."""
    start = Barrier(len(acts))

    def guarded(act: Callable[[], object]) -> object:
        try:
            start.wait()
            return act()
        except (Refused, EditConflict, SubjectGone, Contact.DoesNotExist) as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(acts)) as pool:
        return list(pool.map(guarded, acts))


def zebedee() -> Contact:
    return make_contact(NAME, email="zebedee@quillan.example", address="quillan lane")


def forget(contact: Contact, by: Actor) -> bool:
    forget_contact(contact, version=Contact.objects.get(pk=contact.pk).version, by=by)
    return True


def until_gone(contact: Contact, by: Actor) -> None:
    """As the admin does who is told to try again."""
    for _try in range(20):
        if Contact.objects.filter(pk=contact.pk, forgotten_at=None).exists():
            at_once(lambda: forget(contact, by))
    forgetting.tidy()


def test_of_ten_at_once_one_forgets(alma: Actor) -> None:
    contact = zebedee()
    outcomes = at_once(*[lambda: forget(contact, alma)] * 10)
    assert outcomes.count(True) == 1
    assert {type(outcome) for outcome in outcomes if outcome is not True} <= {Refused, EditConflict}
    assert AuditEntry.objects.filter(action="contact.forget").count() == 1


@pytest.mark.parametrize("round_", range(3))
def test_while_agents_edit_merge_and_write(alma: Actor, round_: int) -> None:
    contact, other = zebedee(), make_contact("Kim")
    acts: Sequence[Callable[[], object]] = [
        lambda: forget(contact, alma),
        lambda: edit(contact, alma, job_title="Keeper"),
        lambda: edit(contact, alma, department="quillan lane"),
        lambda: merge(contact, other, by=alma),
        lambda: add_note(contact, f"about {NAME}", by=alma),
        lambda: note_view(contact, by=alma),
        lambda: standing.delete(contact, by=alma),
    ]
    at_once(*(acts[round_:] + acts[:round_]))  # type: ignore[operator]
    until_gone(contact, alma)
    assert found(Path("/nowhere"), WORDS) == set()


@pytest.mark.parametrize("round_", range(3))
def test_while_letters_go_out(alma: Actor, mail: Path, round_: int) -> None:
    contact = zebedee()
    send_activations([contact.pk], by=alma)
    at_once(*[deliver_batch] * (round_ + 1), lambda: forget(contact, alma))
    until_gone(contact, alma)
    assert found(mail, WORDS) == set()
    assert not list(mail.iterdir())
