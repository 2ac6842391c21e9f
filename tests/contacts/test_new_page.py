"""A new contact as agents type it: refused with the reason, kept as typed, made once."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from companies.models import Company
from contacts.actions.standing import delete
from contacts.models import Contact
from contacts.notices import CONTACT, USER_ACTIVATION
from helpdesk.audit.models import AuditEntry
from helpdesk.outbox.models import NoticeSwitch, OutgoingEmail
from helpdesk.users.actors import system
from helpdesk.users.roles import GRANTS, Permission
from tests.factories import make_agent, make_company, make_contact

pytestmark = pytest.mark.django_db
NEW = "/contacts/new/"


def typed(**fields: object) -> dict[str, object]:
    """What the form sends for a contact with one address."""
    return {"name": "Kim", "emails-0": "kim@acme.example", "emails-primary": "0", "emails-keep": "on", **fields}


def edit_url(contact: Contact) -> str:
    return f"/contacts/{contact.pk}/edit/"


def test_makes_a_contact_and_shows_it(as_agent: Client) -> None:
    response = as_agent.post(NEW, typed(mobile_phone="010-1234-5678", notes="Hello"))
    contact = Contact.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/contacts/{contact.pk}/")
    assert (contact.name, contact.mobile_phone, contact.notes) == ("Kim", "010-1234-5678", "Hello")


def test_the_same_form_twice_makes_one_contact(as_agent: Client) -> None:
    form_id = re.search(r'name="form_id" value="([^"]+)"', as_agent.get(NEW).content.decode())
    assert form_id
    first = as_agent.post(NEW, typed(form_id=form_id[1]))
    second = as_agent.post(NEW, typed(form_id=form_id[1]))
    assert first["Location"] == second["Location"]
    assert Contact.objects.count() == 1


@pytest.mark.parametrize("is_on", [True, False])
def test_the_tick_to_invite_stands_as_the_switch_says(as_agent: Client, is_on: bool) -> None:
    NoticeSwitch.objects.create(notice=USER_ACTIVATION.code, is_on=is_on)
    field = re.search(r'<input[^>]*name="send_activation"[^>]*>', as_agent.get(NEW).content.decode())
    assert field
    assert ("checked" in field[0]) is is_on


@pytest.mark.parametrize(("tick", "letters"), [({"send_activation": "on"}, 1), ({}, 0)])
def test_the_tick_decides_whether_an_invitation_is_sent(as_agent: Client, tick: dict[str, str], letters: int) -> None:
    as_agent.post(NEW, typed(**tick))
    assert OutgoingEmail.objects.about(CONTACT, Contact.objects.get().pk).count() == letters


def test_add_contact_on_a_companys_page_fills_in_the_company(as_agent: Client) -> None:
    acme = make_company("Acme")
    assert 'value="Acme"' in as_agent.get(f"{NEW}?company={acme.pk}").content.decode()
    assert as_agent.get(f"{NEW}?company=x").status_code == 200


def test_a_company_is_named_as_people_write_it(as_agent: Client) -> None:
    samsung = make_company("삼성전자 주식회사")
    as_agent.post(NEW, typed(company="(주)삼성 전자"))
    assert Contact.objects.get().company == samsung


def test_of_two_companies_of_one_name_the_number_decides(as_agent: Client) -> None:
    make_company("Acme")
    second = make_company("Acme")
    assert "Several companies are called" in as_agent.post(NEW, typed(company="Acme")).content.decode()
    as_agent.post(NEW, typed(company=f"Acme #{second.pk}"))
    assert Contact.objects.get().company == second


def test_a_new_company_is_offered_and_made_with_the_contact(as_agent: Client) -> None:
    fields = typed(company="Nova Labs", other_companies=["Orbit Works"], notes="Kept as typed")
    content = as_agent.post(NEW, fields).content.decode()
    for name in ("Nova Labs", "Orbit Works"):
        assert f'name="new_company" value="{name}"><span' in content
    assert "Kept as typed" in content
    assert not Company.objects.exists()
    as_agent.post(NEW, {**fields, "new_company": ["Nova Labs", "Orbit Works"]})
    contact = Contact.objects.get()
    assert contact.company is not None
    assert [contact.company.name, contact.memberships.get().company.name] == ["Nova Labs", "Orbit Works"]
    made = AuditEntry.objects.filter(action="company.create").values_list("target_name", flat=True)
    assert sorted(made) == ["Nova Labs", "Orbit Works"]


def test_a_name_typed_twice_is_one_new_company(as_agent: Client) -> None:
    as_agent.post(NEW, typed(company="Nova", other_companies=["Nova"], new_company="Nova"))
    assert (Company.objects.count(), Contact.objects.get().memberships.count()) == (1, 0)


def test_a_refused_contact_makes_no_company_and_the_tick_stays(as_agent: Client) -> None:
    make_contact("Lee", email="kim@acme.example")
    content = as_agent.post(NEW, typed(company="Nova", new_company="Nova")).content.decode()
    assert 'name="new_company" value="Nova" checked' in content
    assert not Company.objects.exists()


def test_a_tick_for_another_name_makes_nothing(as_agent: Client) -> None:
    assert as_agent.post(NEW, typed(company="Nova", new_company="Orbit")).status_code == 422
    assert not Company.objects.exists()


def test_whoever_may_not_create_companies_is_offered_none(as_agent: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GRANTS, "agent", GRANTS["agent"] - {Permission.COMPANY_EDIT})
    response = as_agent.post(NEW, typed(company="Nova", new_company="Nova"))
    assert response.status_code == 422
    assert b"new_company" not in response.content
    assert not Company.objects.exists()


def test_a_deleted_namesake_is_named(as_agent: Client) -> None:
    gone = make_company("Nova", deleted_at=timezone.now())
    content = as_agent.post(NEW, typed(company="Nova")).content.decode()
    assert f'A deleted company with this name exists: <a href="{gone.get_absolute_url()}">' in content
    assert 'name="new_company" value="Nova"' in content


def test_a_name_with_a_percent_sign_is_offered_as_typed(as_agent: Client) -> None:
    assert 'name="new_company" value="100%(name)s"' in as_agent.post(NEW, typed(company="100%(name)s")).content.decode()


def test_a_long_name_is_shortened_in_what_is_wrong(as_agent: Client) -> None:
    content = as_agent.post(NEW, typed(company="N" * 180)).content.decode()
    assert content.count("N" * 180) == 3  # as typed, and in the offer twice: its value and its words


BAD = [
    ({"name": ""}, "This field is required"),
    ({"name": " \u200b "}, "Enter a name"),
    ({"name": "Ki\x00m"}, "cannot be used"),
    ({"name": "x" * 201}, "at most 200 characters"),
    ({"emails-0": "mi\u212ae@acme.example"}, "only English letters"),
    ({"emails-0": "kim@@acme.example"}, "one email address"),
    ({"emails-0": "kim\x00@acme.example"}, "cannot"),
    ({"emails-0": "k" * 2000 + "@acme.example"}, "too long"),
    ({"emails-0": ""}, "Enter at least one of"),
    ({"mobile_phone": "0" * 61}, "at most 60 characters"),
    ({"external_id": "a\x00"}, "cannot be used"),
    ({"notes": "n" * 10_001}, "at most 10000 characters"),
    ({"company": "Nobody knows"}, "There is no company called"),
    ({"company": "x\x00"}, "cannot be used"),
    ({"company": "x" * 500}, "too long"),
    ({"other_companies": ["Nobody knows"]}, "There is no company called"),
    ({"language": "xx"}, "Select a valid choice"),
    ({"time_zone": "Mars/Base"}, "Select a valid choice"),
]


@pytest.mark.parametrize(("fields", "reason"), BAD)
def test_a_refused_form_says_why_and_keeps_what_was_typed(
    as_agent: Client, fields: dict[str, object], reason: str
) -> None:
    response = as_agent.post(NEW, typed(department="Kept as typed", **fields))
    content = response.content.decode()
    assert response.status_code == 422
    assert reason in content.replace("&#x27;", "'")
    assert "Kept as typed" in content
    assert not Contact.objects.exists()


@pytest.mark.parametrize("name", ["\ud800", "Kim\udfff"])
def test_half_a_character_is_no_error_of_ours(as_agent: Client, name: str) -> None:
    body = b"name=" + name.encode("utf-8", "surrogatepass") + b"&emails-0=kim@acme.example&emails-primary=0"
    response = as_agent.post(NEW, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code in (302, 400, 422)


def test_a_taken_address_names_its_owner_with_the_way_there(as_agent: Client) -> None:
    owner = make_contact("Olga Owner", email="kim@acme.example")
    content = as_agent.post(NEW, typed()).content.decode()
    assert f'<a href="/contacts/{owner.pk}/">Olga Owner</a>' in content


@pytest.mark.parametrize("alike", ["C-10198\u200b", "Ｃ-10198", "\u202aC-10198\u202c", "C-\ufe0f10198 ", "C-10198\t"])
def test_an_external_id_that_looks_like_a_taken_one_is_taken(as_agent: Client, alike: str) -> None:
    make_contact("Olga Owner", external_id="C-10198")
    response = as_agent.post(NEW, typed(external_id=alike))
    assert response.status_code == 422
    assert "Olga Owner" in response.content.decode()


def test_the_case_of_an_external_id_counts(as_agent: Client) -> None:
    make_contact(external_id="C-10198")
    assert as_agent.post(NEW, typed(external_id="c-10198")).status_code == 302
    assert Contact.objects.filter(external_id="c-10198").exists()


def test_a_deleted_owner_can_be_restored_by_those_who_may(as_agent: Client, as_supervisor: Client) -> None:
    owner = make_contact("Olga Owner", email="kim@acme.example")
    delete(owner, by=system("command"))
    agents, supervisors = (client.post(NEW, typed()).content.decode() for client in (as_agent, as_supervisor))
    for content in (agents, supervisors):
        assert "deleted contact" in content
    assert f"/contacts/{owner.pk}/restore/" in supervisors
    assert f"/contacts/{owner.pk}/restore/" not in agents


def test_an_agents_address_is_said_to_be_one(as_agent: Client) -> None:
    make_agent(email="kim@acme.example", name="Ada <b>Agent</b>")
    content = as_agent.post(NEW, typed()).content.decode()
    assert "is the address of an agent: Ada &lt;b&gt;Agent&lt;/b&gt;" in content


def test_a_taken_external_id_names_its_owner(as_agent: Client) -> None:
    owner = make_contact("Olga", external_id="C-1")
    content = as_agent.post(NEW, typed(external_id="C-1")).content.decode()
    assert f'<a href="/contacts/{owner.pk}/">Olga</a>' in content
