"""One key, one person: whatever people do to contacts (invariants I1 and I11)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.actions import standing
from contacts.actions.addresses import Taken, claim_for_agent, owner_of, put_addresses
from contacts.actions.records import Draft, Unreachable, create_contact, edit_contact
from contacts.models import Address, Contact
from helpdesk.audit.models import AuditEntry
from helpdesk.users.actors import person, system
from helpdesk.users.models import User
from tests.factories import make_admin, make_agent, make_contact

SYSTEM = system("command")
EMAILS = ("a@acme.example", "A@ACME.example", "b@acme.example", "c@acme.example", "ｄ@acme.example", "d@acme.example")

some_emails = st.lists(st.sampled_from(EMAILS), max_size=4).map(tuple)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("create"), some_emails),
        st.tuples(st.just("edit"), st.integers(0, 3), some_emails),
        st.tuples(st.just("agent"), st.sampled_from(EMAILS)),
        st.tuples(st.sampled_from(["block", "unblock", "delete", "restore"]), st.integers(0, 3)),
    ),
    max_size=12,
)


def take_step(step: tuple[Any, ...]) -> None:
    """One act; refusals are answers, too."""
    try:
        match step:
            case ("create", emails):
                create_contact(Draft(name="Kim", emails=emails), by=SYSTEM, send_activation=False)
            case ("agent", email):
                claim_for_agent(User.objects.create(name="Ada", role="agent"), email, by=SYSTEM)
            case ("edit", place, emails):
                for contact in Contact.objects.order_by("pk")[place : place + 1]:
                    edit_contact(contact, replace(Draft.of(contact), emails=emails), version=contact.version, by=SYSTEM)
            case (verb, place):
                getattr(standing, verb)(Contact.objects.order_by("pk")[place : place + 1], by=SYSTEM)
    except (Taken, Unreachable):
        pass


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_no_two_people_share_a_key_and_every_contact_with_addresses_has_one_primary(
    taken_steps: list[tuple[Any, ...]],
) -> None:
    start = Address.objects.count(), Contact.objects.count()
    assert start == (0, 0)
    try:
        for step in taken_steps:
            take_step(step)
            assert not Address.objects.values("key").annotate(n=Count("pk")).filter(n__gt=1).exists()
            primaries = Count("addresses", filter=Q(addresses__is_primary=True))
            reachable = Contact.objects.filter(addresses__isnull=False).annotate(primaries=primaries)
            assert not reachable.exclude(primaries=1).exists()
            assert not Contact.objects.filter(addresses=None, external_id=None, work_phone="", mobile_phone="").exists()
    finally:
        Address.objects.all().delete()
        Contact.objects.all().delete()


@pytest.mark.django_db
def test_a_free_address_becomes_an_agents() -> None:
    agent = User.objects.create(name="Ada", role="agent")
    address = claim_for_agent(agent, "Ada@Helpdesk.example", by=person(make_admin()))
    assert (address.key, address.email, address.is_primary) == ("ada@helpdesk.example", "Ada@Helpdesk.example", True)
    assert agent.email == "Ada@Helpdesk.example"
    assert owner_of("ada@helpdesk.example") == agent
    assert AuditEntry.objects.get().action == "user.claim_address"


@pytest.mark.django_db
def test_an_agent_gets_no_address_of_somebody_else() -> None:
    contact, colleague, agent = (
        make_contact(email="kim@acme.example"),
        make_agent(email="b@helpdesk.example"),
        make_agent(),
    )
    for email, owner in (("KIM@acme.example", contact), ("b@helpdesk.example", colleague)):
        with pytest.raises(Taken) as taken:
            claim_for_agent(agent, email, by=SYSTEM)
        assert taken.value.owner == owner


@pytest.mark.django_db
def test_claiming_ones_own_address_again_changes_nothing() -> None:
    agent = make_agent(email="ada@helpdesk.example")
    claim_for_agent(agent, "ADA@helpdesk.example", by=SYSTEM)
    assert agent.addresses.get().email == "ada@helpdesk.example"


@pytest.mark.django_db
def test_a_writer_who_was_quicker_is_answered_like_an_owner_of_old() -> None:
    owner, late = make_contact(email="kim@acme.example"), make_contact()
    with transaction.atomic(), pytest.raises(Taken) as taken:
        put_addresses(late, ["kim@acme.example"])  # past the question whether it is taken: the constraint decides
    assert taken.value.owner == owner
