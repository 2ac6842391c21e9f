"""The demo data is made once, quickly, without sending a letter, and is removed without a trace of others."""

from __future__ import annotations

import time

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from companies.models import CompanyDomain
from contacts.models import Contact
from helpdesk.audit.models import AuditEntry
from helpdesk.demo import accounts_present
from helpdesk.demo.filling import CUSTOMER, TEAM, fill
from helpdesk.demo.removing import remove
from helpdesk.running.demo import PASSWORD
from helpdesk.users.models import User
from tests.demo.rows import contents
from tests.factories import make_agent, make_company, make_contact

pytestmark = pytest.mark.django_db

# --- How it is made -------------------------------------------------------------------------------------------------


def test_it_takes_a_few_seconds() -> None:
    start = time.process_time()  # not the clock on the wall: other tests run beside this one
    fill()

    assert time.process_time() - start < 6  # less than two where nobody else has the machine


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


def test_the_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], [], ["--remove"], ["--remove"]):
        call_command("demo", *arguments)

    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("Made 337 contacts, 40 companies and 3 agents.")
    assert said[1] == "The demo data is there already; nothing was changed."
    assert said[2] == "Removed 337 contacts, 40 companies and 3 agents."
    assert said[3] == "There is no demo data."
