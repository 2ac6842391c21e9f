"""Two saves at the same moment want the same addresses: one has them all, the other is told whose they are."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import connection

from companies import actions as companies
from companies.actions import DomainTakenError
from companies.models import Company
from contacts.actions.addresses import Taken
from contacts.actions.drafts import Draft
from contacts.actions.records import create_contact
from contacts.models import Address, Contact
from helpdesk.users import actors
from tests.team.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
apart = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite writers wait for each other anyway")
SYSTEM = actors.system("command")
MANY = tuple(f"kim{number}@acme.example" for number in range(10))
DOMAINS = tuple(f"acme{number}.example" for number in range(30))


@apart
@pytest.mark.parametrize("_round", range(5))
def test_addresses_in_opposite_order_have_one_owner(_round: int) -> None:
    drafts = [Draft(name="Forth", emails=MANY), Draft(name="Back", emails=MANY[::-1])]
    results = at_once(*(partial(create_contact, draft, by=SYSTEM, send_activation=False) for draft in drafts))
    assert {type(result) for result in results} == {Contact, Taken}
    assert Contact.objects.get().addresses.count() == len(MANY)


@apart
@pytest.mark.parametrize("_round", range(5))
def test_domains_in_opposite_order_have_one_owner(_round: int) -> None:
    drafts = [companies.Draft(name="Forth", domains=DOMAINS), companies.Draft(name="Back", domains=DOMAINS[::-1])]
    results = at_once(*(partial(companies.create_company, draft, by=SYSTEM) for draft in drafts))
    assert {type(result) for result in results} == {Company, DomainTakenError}
    assert Company.objects.get().domains.count() == len(DOMAINS)


def test_the_order_of_typing_is_kept() -> None:
    contact = create_contact(Draft(emails=("z@acme.example", "m@acme.example", "a@acme.example")), by=SYSTEM)
    company = companies.create_company(companies.Draft(name="Acme", domains=("z.example", "a.example")), by=SYSTEM)
    assert [row.email for row in Address.objects.filter(contact=contact)] == list(Draft.of(contact).emails)
    assert Draft.of(contact).emails == ("z@acme.example", "m@acme.example", "a@acme.example")
    assert [row.domain for row in company.domains.all()] == ["z.example", "a.example"]
