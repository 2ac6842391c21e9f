"""Editing a contact: several addresses in one save, and two people at once."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from companies.models import Company
from contacts.actions import records
from contacts.actions.tags import add_tags, names_of
from contacts.forms.companies import MOST_OTHERS
from contacts.forms.tags import MOST
from contacts.models import Contact, Membership
from helpdesk.audit.models import AuditEntry
from helpdesk.users.actors import system
from tests.factories import make_company, make_contact

pytestmark = pytest.mark.django_db
NEW = "/contacts/new/"


def typed(**fields: object) -> dict[str, object]:
    """What the form sends for a contact with one address."""
    return {"name": "Kim", "emails-0": "kim@acme.example", "emails-primary": "0", "emails-keep": "on", **fields}


def edit_url(contact: Contact) -> str:
    return f"/contacts/{contact.pk}/edit/"


def emails_of(contact: Contact) -> list[str]:
    return list(contact.addresses.values_list("email", flat=True))


def save(client: Client, contact: Contact, **fields: object) -> None:
    data = {"name": contact.name, "version": contact.version, "emails-primary": "0", **fields}
    response = client.post(edit_url(contact), data)
    assert response.status_code == 302, response.content.decode()
    contact.refresh_from_db()


def test_adds_promotes_and_removes_in_one_save(as_agent: Client) -> None:
    contact = make_contact(email="a@acme.example", emails=("b@acme.example", "c@acme.example"))
    rows = {
        "emails-0": "a@acme.example",
        "emails-1": "b@acme.example",
        "emails-2": "c@acme.example",
        "emails-3": "d@acme.example",
    }
    save(as_agent, contact, **rows, **{"emails-primary": "3", "emails-remove-1": "on", "emails-keep": "on"})
    assert emails_of(contact) == ["d@acme.example", "a@acme.example", "c@acme.example"]


@pytest.mark.parametrize(
    ("keep", "kept"), [({"emails-keep": "on"}, ["new@acme.example", "old@acme.example"]), ({}, ["new@acme.example"])]
)
def test_a_replaced_primary_stays_as_a_secondary_email_unless_declined(
    as_agent: Client, keep: dict[str, str], kept: list[str]
) -> None:
    contact = make_contact(email="old@acme.example")
    save(as_agent, contact, **{"emails-0": "new@acme.example"}, **keep)
    assert emails_of(contact) == kept


def test_a_removed_primary_is_gone_and_the_next_one_takes_its_place(as_agent: Client) -> None:
    contact = make_contact(email="a@acme.example", emails=("b@acme.example",))
    save(
        as_agent,
        contact,
        **{"emails-0": "a@acme.example", "emails-1": "b@acme.example", "emails-remove-0": "on", "emails-keep": "on"},
    )
    assert emails_of(contact) == ["b@acme.example"]


def test_an_eleventh_address_is_refused(as_agent: Client) -> None:
    content = as_agent.post(NEW, typed(**{f"emails-{n}": f"k{n}@acme.example" for n in range(11)})).content.decode()
    assert "at most 10 email addresses" in content


def test_of_several_lines_the_refused_one_is_named(as_agent: Client) -> None:
    content = as_agent.post(NEW, typed(**{"emails-1": "not an address"})).content.decode()
    assert "“not an address”" in content


def test_what_is_wrong_with_an_address_stands_at_its_line(as_agent: Client) -> None:
    owner = make_contact("Lee", email="lee@acme.example")
    for text, reason in (("not an address", "Enter"), ("Lee@acme.example", owner.get_absolute_url())):
        content = as_agent.post(NEW, typed(**{"emails-1": text})).content.decode()
        line = content[content.index('name="emails-1"') : content.index('name="emails-2"')]
        assert 'aria-invalid="true" aria-describedby="id_emails_1_error"' in line
        assert reason in line[line.index('id="id_emails_1_error"') :]
        assert 'aria-invalid="true"' not in content[content.index('name="emails-0"') : content.index('name="emails-1"')]
        assert '<a href="#id_emails_1">' in content


def test_the_second_editor_sees_both_values_and_saves_by_a_second_decision(as_agent: Client) -> None:
    contact = make_contact("Kim", email="kim@acme.example")
    first = {"name": "Theirs", "version": 1, "emails-0": "kim@acme.example", "department": "Sales"}
    mine = {"name": "Mine", "version": 1, "emails-0": "kim@acme.example", "notes": "typed at length"}
    assert as_agent.post(edit_url(contact), first).status_code == 302
    response = as_agent.post(edit_url(contact), mine)
    content = response.content.decode()
    assert response.status_code == 409
    for text in ("Theirs", "Mine", "typed at length", 'name="version" value="2"'):
        assert text in content
    contact.refresh_from_db()
    assert (contact.name, contact.notes) == ("Theirs", "")
    assert as_agent.post(edit_url(contact), {**mine, "version": 2, "department": "Sales"}).status_code == 302
    contact.refresh_from_db()
    assert (contact.name, contact.department, contact.notes) == ("Mine", "Sales", "typed at length")


def test_what_only_the_first_editor_changed_is_taken_over_into_the_form(as_agent: Client) -> None:
    contact = make_contact("Kim", email="kim@acme.example")
    as_agent.post(
        edit_url(contact), {"name": "Kim", "version": 1, "emails-0": "kim@acme.example", "department": "Sales"}
    )
    content = as_agent.post(
        edit_url(contact), {"name": "Kim Min", "version": 1, "emails-0": "kim@acme.example"}
    ).content.decode()
    assert re.search(r'name="department" value="Sales"', content)
    assert re.search(r'name="name" value="Kim Min"', content)


def test_a_conflict_makes_no_company_and_keeps_the_wish_for_one(as_agent: Client) -> None:
    contact = make_contact("Kim", email="kim@acme.example", version=2)
    mine = {"name": "Kim", "version": 1, "emails-0": "kim@acme.example", "company": "Nova", "new_company": "Nova"}
    response = as_agent.post(edit_url(contact), mine)
    assert response.status_code == 409
    assert 'name="new_company" value="Nova" checked' in response.content.decode()
    assert not Company.objects.exists()
    save(as_agent, contact, **{**mine, "version": 2})
    assert contact.company == Company.objects.get(name="Nova")


def test_a_double_click_on_save_is_no_conflict(as_agent: Client) -> None:
    contact = make_contact("Kim", email="kim@acme.example")
    data = {"name": "Lee", "version": 1, "emails-0": "kim@acme.example"}
    assert [as_agent.post(edit_url(contact), data).status_code for _ in range(2)] == [302, 302]
    assert AuditEntry.objects.filter(action="contact.edit").count() == 1


@pytest.mark.parametrize("version", ["", "x", "-1", "0", "99999999999999999999"])
def test_a_version_nobody_has_is_a_conflict_and_no_error(as_agent: Client, version: str) -> None:
    contact = make_contact("Kim", email="kim@acme.example")
    data = {"name": "Lee", "version": version, "emails-0": "kim@acme.example"}
    assert as_agent.post(edit_url(contact), data).status_code == 409
    contact.refresh_from_db()
    assert contact.name == "Kim"


def test_a_deleted_contact_is_restored_before_it_is_edited(as_agent: Client) -> None:
    contact = make_contact("Kim", deleted_at=timezone.now())
    assert as_agent.get(edit_url(contact))["Location"] == f"/contacts/{contact.pk}/"


def test_whoever_edits_a_contact_that_is_deleted_meanwhile_keeps_what_was_typed(as_agent: Client) -> None:
    contact = make_contact("Kim", email="kim@acme.example", deleted_at=timezone.now())
    response = as_agent.post(edit_url(contact), typed(version=1, name="Lee", notes="typed at length", restore="1"))
    content = response.content.decode()
    assert response.status_code == 409
    for text in ("This contact was deleted while you were editing.", "typed at length", "Ask somebody who may"):
        assert text in content
    assert "Restore and save" not in content
    contact.refresh_from_db()
    assert (contact.name, contact.deleted_at is None) == ("Kim", False)


def test_whoever_may_restore_saves_it_at_once(as_supervisor: Client) -> None:
    contact = make_contact("Kim", email="kim@acme.example", deleted_at=timezone.now())
    fields = typed(version=1, name="Lee", notes="typed at length")
    assert 'name="restore"' in as_supervisor.post(edit_url(contact), fields).content.decode()
    assert as_supervisor.post(edit_url(contact), {**fields, "restore": "1"}).status_code == 302
    contact.refresh_from_db()
    assert (contact.name, contact.notes, contact.deleted_at) == ("Lee", "typed at length", None)
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "contact.restore",
        "contact.edit",
    ]


def test_an_edit_before_the_deletion_is_shown_and_nothing_restored_over_it(as_supervisor: Client) -> None:
    contact = make_contact("Theirs", email="kim@acme.example", deleted_at=timezone.now(), version=2)
    response = as_supervisor.post(edit_url(contact), typed(version=1, name="Mine", restore="1"))
    content = response.content.decode()
    assert response.status_code == 409
    for text in ("Theirs", "Mine", 'name="version" value="2"', "Restore and save"):
        assert text in content
    contact.refresh_from_db()
    assert (contact.name, contact.deleted_at is None) == ("Theirs", False)


class TestMoreThanAFormGives:
    """As whole-view acts and merges leave it."""

    @pytest.fixture
    def contact(self) -> Contact:
        contact = make_contact("Kim", email="kim@acme.example")
        companies = [make_company(f"Firm {number}") for number in range(MOST_OTHERS + 5)]
        Membership.objects.bulk_create(Membership(contact=contact, company=one) for one in companies)
        add_tags(contact, [f"tag {number}" for number in range(MOST + 10)], by=system("command"))
        return contact

    @pytest.fixture
    def typed(self, contact: Contact) -> dict[str, object]:
        tags = ", ".join(names_of([contact])[contact.pk])
        companies = list(Company.objects.order_by("pk").values_list("name", flat=True))
        return {"emails-0": "kim@acme.example", "tags": tags, "tags_seen": tags, "other_companies": companies}

    def test_stays_when_something_else_is_edited(
        self, as_agent: Client, contact: Contact, typed: dict[str, object]
    ) -> None:
        save(as_agent, contact, **typed, job_title="Boss")
        assert (contact.job_title, contact.memberships.count()) == ("Boss", MOST_OTHERS + 5)
        assert len(names_of([contact])[contact.pk]) == MOST + 10

    def test_may_become_less_step_by_step(self, as_agent: Client, contact: Contact, typed: dict[str, object]) -> None:
        fewer = {"tags": str(typed["tags"]).rpartition(", ")[0], "other_companies": typed["other_companies"][1:]}  # type: ignore[index]
        save(as_agent, contact, **{**typed, **fewer})
        assert (len(names_of([contact])[contact.pk]), contact.memberships.count()) == (MOST + 9, MOST_OTHERS + 4)

    @pytest.mark.parametrize(
        ("field", "reason"), [("tags", "At most 50 tags."), ("other_companies", "At most 20 further companies.")]
    )
    def test_does_not_become_more(
        self, as_agent: Client, contact: Contact, typed: dict[str, object], field: str, reason: str
    ) -> None:
        make_company("One more")
        more = {"tags": f"{typed['tags']}, new", "other_companies": ["One more", *typed["other_companies"]]}
        answer = as_agent.post(
            edit_url(contact), {"name": "Kim", "version": "1", "emails-primary": "0", **typed, field: more[field]}
        )
        assert (answer.status_code, reason in answer.content.decode()) == (422, True)
        assert answer.content.decode().count('value="Firm ') == MOST_OTHERS + 5


def test_who_was_removed_meanwhile_is_not_found(as_agent: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """An import's undo takes contacts away as if they had never been there."""
    contact = make_contact()
    save_edit = records.edit_contact

    def late(found: Contact, *args: object, **kwargs: object) -> object:
        Contact.objects.filter(pk=found.pk).delete()
        return save_edit(found, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(records, "edit_contact", late)
    assert as_agent.post(edit_url(contact), typed(version=contact.version)).status_code == 404
