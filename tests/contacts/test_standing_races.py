"""A verb that waited for another one goes on from what that one left, also in what belongs to the contact."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from contacts.actions import passwords, records, standing
from contacts.actions.drafts import Draft
from contacts.actions.signins import Refused
from contacts.models import Contact
from helpdesk.team.actions import conversions, members
from helpdesk.users import actors
from helpdesk.users.models import User
from tests.conftest import SignIn
from tests.factories import PASSWORD, make_admin, make_customer, make_supervisor
from tests.overlapping import apart, behind

pytestmark = [pytest.mark.django_db(transaction=True), apart]
SYSTEM = actors.system("command")
NEW = "another-good-pass-1"


def fresh(contact: Contact) -> Contact:
    return Contact.objects.get(pk=contact.pk)


def test_a_password_brings_no_role_back() -> None:
    contact = make_customer()
    make_admin()
    user = conversions.make_agent(contact, "admin", by=SYSTEM)
    step_back = partial(conversions.step_back, user, by=SYSTEM)
    behind(step_back, partial(passwords.choose_password, fresh(contact), NEW, by=SYSTEM))
    assert User.objects.get(pk=user.pk).role == ""


def test_a_password_takes_no_role_away() -> None:
    contact = make_customer()
    change = partial(passwords.change_password, fresh(contact), NEW, must_change=True, by=SYSTEM)
    refused = behind(partial(conversions.make_agent, fresh(contact), "agent", by=SYSTEM), change)
    assert isinstance(refused, Refused)
    user = User.objects.get(pk=contact.user_id)
    assert user.role == "agent"
    assert user.check_password(PASSWORD)


def test_a_password_keeps_nobody_out_who_was_let_in() -> None:
    contact = make_customer()
    standing.block(contact, by=SYSTEM)
    change = partial(passwords.change_password, fresh(contact), NEW, must_change=True, by=SYSTEM)
    behind(partial(standing.unblock, fresh(contact), by=SYSTEM), change)
    user = User.objects.get(pk=contact.user_id)
    assert user.is_active
    assert user.check_password(NEW)


def test_an_edit_does_not_rename_whoever_became_an_agent() -> None:
    contact = make_customer("Minjun Kim")
    draft = replace(Draft.of(contact), name="Somebody else")
    edit = partial(records.edit_contact, fresh(contact), draft, version=contact.version, by=SYSTEM)
    behind(partial(conversions.make_agent, fresh(contact), "agent", by=SYSTEM), edit)
    assert fresh(contact).name == "Somebody else"
    assert User.objects.get(pk=contact.user_id).name == "Minjun Kim"


def test_an_edit_is_not_saved_over_a_deletion(sign_in: SignIn) -> None:
    contact, browser = make_customer("Minjun Kim"), sign_in(make_supervisor())
    typed = {"name": "Somebody else", "emails-0": "x@acme.example", "emails-primary": "0", "version": contact.version}
    edit = partial(browser.post, f"/contacts/{contact.pk}/edit/", typed)
    answer = behind(partial(standing.delete, fresh(contact), by=SYSTEM), edit)
    assert answer.status_code == 409
    assert "Somebody else" in answer.content.decode()
    assert fresh(contact).name == "Minjun Kim"


def test_who_is_an_agent_no_more_gets_no_role() -> None:
    contact = make_customer()
    user = conversions.make_agent(contact, "agent", by=SYSTEM)
    change = partial(members.change_role, user, "supervisor", by=SYSTEM)
    assert isinstance(behind(partial(conversions.step_back, user, by=SYSTEM), change), members.NoAgent)
    assert User.objects.get(pk=user.pk).role == ""
