"""Blocked or not, deleted or not."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from contacts.actions.standing import block, delete, restore, unblock
from contacts.models import Contact
from contacts.notices import CONTACT
from helpdesk.audit.models import AuditEntry
from helpdesk.outbox import links
from helpdesk.users.actors import Actor, person
from helpdesk.users.models import User
from tests.factories import make_contact, make_customer, make_supervisor

pytestmark = pytest.mark.django_db


@pytest.fixture
def sora() -> Actor:
    return person(make_supervisor(name="Sora"))


def signed_in(contact: Contact) -> Client:
    client = Client()
    client.force_login(contact.user, backend="helpdesk.signin.AddressBackend")  # type: ignore[arg-type]
    return client


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("portal:profile")).status_code == 200


@pytest.mark.parametrize("act", [block, delete])
def test_whoever_is_blocked_or_deleted_is_out_at_the_next_request(act: object, sora: Actor) -> None:
    customer = make_customer()
    client = signed_in(customer)
    assert is_signed_in(client)
    act(customer, by=sora)  # type: ignore[operator]
    assert not is_signed_in(client)
    assert User.objects.get(contact=customer).is_active is False


@pytest.mark.parametrize("act", [block, delete])
def test_their_links_die(act: object, sora: Actor) -> None:
    contact, other = make_contact(), make_contact()
    theirs, others = (links.issue_printed("activate", CONTACT, person.pk, 1) for person in (contact, other))
    act(contact, by=sora)  # type: ignore[operator]
    assert links.find(theirs, "activate").state == "revoked"
    assert links.find(others, "activate").is_live


def test_unblocking_lets_them_sign_in_again_but_revives_no_old_session(sora: Actor) -> None:
    customer = make_customer()
    client = signed_in(customer)
    block(customer, by=sora)
    unblock(customer, by=sora)
    assert User.objects.get(contact=customer).is_active
    assert not is_signed_in(client)


def test_a_restored_contact_who_was_blocked_is_blocked(sora: Actor) -> None:
    customer = make_customer()
    block(customer, by=sora)
    delete(customer, by=sora)
    restore(customer, by=sora)
    customer.refresh_from_db()
    assert customer.blocked_at and not customer.deleted_at
    assert User.objects.get(contact=customer).is_active is False


def test_acts_on_a_few_at_once_and_names_each_in_the_log(sora: Actor) -> None:
    make_contact("One")
    make_contact("Two")
    block(make_contact("Three"), by=sora)
    changed = block(Contact.objects.all(), by=sora)
    assert [contact.name for contact in changed] == ["One", "Two"]
    names = AuditEntry.objects.filter(action="contact.block").order_by("pk").values_list("target_name", flat=True)
    assert list(names) == ["Three", "One", "Two"]


def test_the_log_tells_before_and_after(sora: Actor) -> None:
    contact = make_contact()
    delete(contact, by=sora)
    before, after = AuditEntry.objects.get().changes["deleted_at"]
    assert before is None
    assert after


def test_a_deleted_contact_cannot_be_blocked(sora: Actor) -> None:
    contact = make_contact()
    delete(contact, by=sora)
    assert block(contact, by=sora) == []


def test_an_agents_sign_in_is_the_teams_affair(sora: Actor) -> None:
    agent = make_supervisor(name="Ada")
    contact = make_contact("Ada", user=agent)
    block(contact, by=sora)
    agent.refresh_from_db()
    assert agent.is_active
