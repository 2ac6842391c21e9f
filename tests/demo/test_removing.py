"""The demo data made once: made again it stays, and it goes without a trace, whatever became of it."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.utils import timezone

from companies.models import Company
from contacts.models import Address, Contact, Membership
from helpdesk.audit.models import AuditEntry
from helpdesk.demo import accounts_present
from helpdesk.demo.filling import CUSTOMER, fill
from helpdesk.demo.people import people
from helpdesk.demo.removing import remove
from helpdesk.outbox.models import FINAL, OutgoingEmail
from helpdesk.users.models import User
from tests.demo.rows import contents, rows
from tests.factories import make_agent, make_contact
from tests.faults.recorded import i8_acts_are_recorded

pytestmark = pytest.mark.django_db


def test_no_letter_waits_to_be_sent(filled: None) -> None:
    assert OutgoingEmail.objects.count() > 100
    assert not OutgoingEmail.objects.exclude(state__in=FINAL).exists()


def test_a_second_run_changes_nothing(filled: None) -> None:
    before = contents()

    call_command("demo", verbosity=0)

    assert contents() == before


def test_the_log_tells_all_that_the_rows_do(filled: None) -> None:
    assert list(i8_acts_are_recorded()) == []


def test_removing_leaves_nothing_behind(filled: None) -> None:
    remove()

    assert not any(rows().values())
    assert not accounts_present()


def test_edited_demo_rows_go_too(filled: None) -> None:
    contact = Contact.objects.get(addresses__key=CUSTOMER)
    Contact.objects.filter(pk=contact.pk).update(name="Renamed", external_id="MINE")
    contact.addresses.all().delete()
    Address.objects.create(key="new@real.kr", email="new@real.kr", contact=contact, is_primary=True)
    Company.objects.filter(name="Acme Corporation").update(name="Renamed")
    make_agent(email="own@helpdesk.example")

    remove()

    assert (Contact.objects.count(), Company.objects.count(), User.objects.count()) == (0, 0, 1)
    assert not OutgoingEmail.objects.exists()


def test_somebody_elses_contact_loses_only_its_demo_company(filled: None) -> None:
    acme = Company.objects.get(name="Acme Corporation")
    own = make_contact("Own Contact", email="own@real.kr", company=acme)
    Membership.objects.create(contact=own, company=Company.objects.get(name="㈜한빛전자"))

    gone = remove()

    own.refresh_from_db()
    assert (own.company, own.version, gone.unlinked) == (None, 2, 1)
    assert AuditEntry.objects.get(target_id=own.pk, target_kind="contacts.contact").changes == {
        "company": ["Acme Corporation", None]
    }


def test_it_can_be_made_again(filled: None) -> None:
    remove()

    assert fill().contacts == len(people(timezone.now()))
