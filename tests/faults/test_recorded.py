"""The invariant about the record notices what was done behind it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import timezone

from companies import actions as companies
from companies.models import Company
from contacts.actions import standing
from contacts.actions.activation import send_activations
from contacts.actions.drafts import Draft
from contacts.actions.passwords import change_password, send_password_reset
from contacts.actions.records import create_contact, edit_contact
from contacts.models import Address, Contact
from helpdesk.audit.models import AuditEntry
from helpdesk.team.actions import members
from helpdesk.team.actions.invitations import invite
from helpdesk.users import actors
from helpdesk.users.models import User
from tests.faults.recorded import i8_acts_are_recorded
from tests.portal.letters import age

pytestmark = pytest.mark.django_db
SYSTEM = actors.system("command")


@pytest.fixture
def busy_house() -> Contact:
    """Everything that rows tell of, done by the verbs."""
    company = companies.create_company(companies.Draft(name="Acme", domains=("acme.example",)), by=SYSTEM)
    companies.edit_company(company, companies.Draft(name="Acme Ltd"), version=company.version, by=SYSTEM)
    companies.delete_company(company, by=SYSTEM)
    contact = create_contact(Draft(emails=("kim@x.example",), notes="calls"), by=SYSTEM, send_activation=True)
    edited = replace(Draft.of(contact), emails=("lee@x.example", "kim@x.example"), notes="")
    edit_contact(contact, edited, version=contact.version, by=SYSTEM)
    send_activations([contact.pk], by=SYSTEM)
    change_password(contact, "gate-lantern-42", must_change=False, by=SYSTEM)
    age(contact, minutes=5)
    send_password_reset(contact, by=SYSTEM)
    for act in (standing.block, standing.unblock, standing.delete):
        act(Contact.objects.filter(pk=contact.pk), by=SYSTEM)
    members.deactivate(invite("ada@x.example", name="Ada", role="agent", language="en", by=SYSTEM), by=SYSTEM)
    return contact


def test_what_the_verbs_do_is_recorded(busy_house: Contact) -> None:
    assert list(i8_acts_are_recorded()) == []


@pytest.mark.parametrize(
    "action",
    [
        "contact.edit", "contact.delete", "contact.send_activation", "contact.send_reset", "contact.change_password",
        "company.edit", "company.delete", "user.deactivate",
    ],
)  # fmt: skip
def test_an_act_missing_from_the_log_is_noticed(busy_house: Contact, action: str) -> None:
    AuditEntry.objects.filter(action=action).delete()
    assert list(i8_acts_are_recorded()) != []


def test_a_row_changed_behind_the_log_is_noticed(busy_house: Contact) -> None:
    Contact.objects.update(job_title="CEO", blocked_at=timezone.now(), deleted_at=None)
    Address.objects.filter(email="kim@x.example").update(email="KIM@x.example")
    Company.objects.update(name="Else")
    User.objects.exclude(role="").update(is_active=True)
    found = "\n".join(i8_acts_are_recorded())
    for words in (
        "job_title 'CEO'",
        "blocked_at set",
        "deleted_at unset",
        "KIM@x.example",
        "name 'Else'",
        "is_inactive unset",
    ):
        assert words in found
