"""The demo data is made once, quickly, without sending a letter, and is removed without a trace of others."""

from __future__ import annotations

import time

import pytest
from django.core.management import CommandError, call_command
from django.db import models
from django.test import Client, override_settings
from django.utils import timezone

from companies.models import Company, CompanyDomain
from contacts.models import Address, Contact, Membership
from helpdesk.audit.models import AuditEntry
from helpdesk.demo import accounts_present
from helpdesk.demo.filling import CUSTOMER, TEAM, fill
from helpdesk.demo.people import people
from helpdesk.demo.removing import remove
from helpdesk.outbox.models import FINAL, OutgoingEmail, SecretLink
from helpdesk.running.demo import PASSWORD
from helpdesk.users.models import User
from tests.factories import make_agent, make_company, make_contact

pytestmark = pytest.mark.django_db

ALL: tuple[type[models.Model], ...] = (
    Contact, Address, Membership, Company, CompanyDomain, User, OutgoingEmail, SecretLink, AuditEntry,
)  # fmt: skip


def rows() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in ALL}


def contents() -> dict[str, list[tuple[object, ...]]]:
    return {model.__name__: sorted(model._default_manager.values_list(), key=str) for model in ALL}


# --- How it is made -------------------------------------------------------------------------------------------------


def test_it_takes_less_than_three_seconds() -> None:
    start = time.process_time()  # not the clock on the wall: other tests run beside this one
    fill()

    assert time.process_time() - start < 3


def test_no_letter_waits_to_be_sent() -> None:
    fill()

    assert OutgoingEmail.objects.count() > 100
    assert not OutgoingEmail.objects.exclude(state__in=FINAL).exists()


def test_a_second_run_changes_nothing() -> None:
    call_command("demo", verbosity=0)
    before = contents()

    call_command("demo", verbosity=0)

    assert contents() == before


def test_rows_of_others_stay_as_they_are() -> None:
    make_agent(email="admin@helpdesk.example", name="Real Admin", password="their own secret")
    make_contact("Real Customer", email=CUSTOMER, external_id="C-10001")
    make_company("Real Acme", domains=("acme.example",))

    fill()

    assert not Client().login(email="admin@helpdesk.example", password=PASSWORD)
    assert Contact.objects.get(addresses__key=CUSTOMER).name == "Real Customer"
    assert CompanyDomain.objects.get(domain="acme.example").company.name == "Real Acme"
    assert User.objects.agents().count() == len(TEAM)


@override_settings(HOST="192.0.2.1")
def test_it_is_made_on_loopback_addresses_only() -> None:
    with pytest.raises(CommandError):
        call_command("demo", verbosity=0)

    assert not accounts_present()


# --- How it goes ----------------------------------------------------------------------------------------------------


def test_removing_leaves_nothing_behind() -> None:
    before = rows()
    fill()

    remove()

    assert rows() == before
    assert not accounts_present()


def test_removing_leaves_the_rows_of_others_to_the_letter() -> None:
    make_agent(email="own@helpdesk.example", name="Own Agent")
    make_contact(
        "Own Contact", email="own@hanbit.example", company=make_company("Own Company", domains=("own.example",))
    )
    AuditEntry.objects.create(
        actor_kind="person", actor_name="demo", action="contact.create", target_kind="contacts.contact", target_id=1
    )
    before = contents()
    fill()

    remove()

    assert contents() == before


def test_edited_demo_rows_go_too() -> None:
    fill()
    contact = Contact.objects.get(addresses__key=CUSTOMER)
    Contact.objects.filter(pk=contact.pk).update(name="Renamed", external_id="MINE")
    contact.addresses.all().delete()
    Address.objects.create(key="new@real.kr", email="new@real.kr", contact=contact, is_primary=True)
    Company.objects.filter(name="Acme Corporation").update(name="Renamed")
    make_agent(email="own@helpdesk.example")

    remove()

    assert (Contact.objects.count(), Company.objects.count(), User.objects.count()) == (0, 0, 1)
    assert not OutgoingEmail.objects.exists()


def test_somebody_elses_contact_loses_only_its_demo_company() -> None:
    fill()
    acme = Company.objects.get(name="Acme Corporation")
    own = make_contact("Own Contact", email="own@real.kr", company=acme)
    Membership.objects.create(contact=own, company=Company.objects.get(name="㈜한빛전자"))

    gone = remove()

    own.refresh_from_db()
    assert (own.company, own.version, gone.unlinked) == (None, 2, 1)
    assert AuditEntry.objects.get(target_id=own.pk, target_kind="contacts.contact").changes == {
        "company": ["Acme Corporation", None]
    }


def test_it_can_be_made_again() -> None:
    fill()
    remove()

    assert fill().contacts == len(people(timezone.now()))


def test_the_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], [], ["--remove"], ["--remove"]):
        call_command("demo", *arguments)

    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("Made 337 contacts, 40 companies and 3 agents.")
    assert said[1] == "The demo data is there already; nothing was changed."
    assert said[2] == "Removed 337 contacts, 40 companies and 3 agents."
    assert said[3] == "There is no demo data."
