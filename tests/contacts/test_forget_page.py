"""The page that deletes a contact forever."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from contacts.actions.drafts import Draft
from contacts.actions.records import create_contact
from contacts.models import Contact
from helpdesk.audit.models import AuditEntry
from helpdesk.users.actors import Actor, person
from tests.contacts.test_merging import letter_about
from tests.contacts.traces import edit, forget
from tests.factories import make_admin, make_contact, make_customer


@pytest.fixture
def alma(db: None) -> Actor:
    return person(make_admin(), ip="192.0.2.7")


@pytest.mark.django_db
class TestThePage:
    def address(self, contact: Contact) -> str:
        return reverse("contacts:forget", args=[contact.pk])

    def test_says_what_goes_what_stays_and_asks_for_the_name(self, as_admin: Client) -> None:
        contact = make_customer("Kim", email="kim@acme.example")
        letter_about(contact, "one")
        page = as_admin.get(self.address(contact)).content.decode()
        for words in (
            "kim@acme.example",
            "1 email address",
            "Letters: 1",
            "portal sign-in",
            "Backups: they are not changed",
        ):
            assert words in page

    @pytest.mark.parametrize("typed", ["kim  MIN ", "KIM@acme.example", "Kim Min"])
    def test_takes_the_name_or_the_primary_email(self, as_admin: Client, typed: str) -> None:
        contact = make_contact("Kim Min", email="kim@acme.example")
        answer = as_admin.post(self.address(contact), {"confirmation": typed, "version": contact.version}, follow=True)
        assert "was deleted forever" in answer.content.decode()
        assert Contact.objects.get(pk=contact.pk).forgotten_at

    @pytest.mark.parametrize("typed", ["", "Kim", "delete", "min@acme.example", "\x00", "x" * 400])
    def test_takes_nothing_else(self, as_admin: Client, typed: str) -> None:
        contact = make_contact("Kim Min", email="kim@acme.example", emails=("min@acme.example",))
        answer = as_admin.post(self.address(contact), {"confirmation": typed, "version": contact.version})
        assert answer.status_code == 422
        assert Contact.objects.get(pk=contact.pk).name == "Kim Min"

    def test_shows_the_contact_anew_when_it_was_edited_meanwhile(self, as_admin: Client, alma: Actor) -> None:
        contact = make_contact("Kim", email="kim@acme.example")
        edit(contact, alma, department="Sales")
        answer = as_admin.post(self.address(contact), {"confirmation": "Kim", "version": contact.version})
        assert answer.status_code == 409
        assert "Somebody has changed this contact" in answer.content.decode()

    def test_a_double_click_deletes_once_and_leads_to_the_list(self, as_admin: Client) -> None:
        contact = make_contact("Kim")
        sent = {"confirmation": "Kim", "version": contact.version, "form_id": "x" * 20}
        answers = [as_admin.post(self.address(contact), sent) for _click in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert answers[0]["Location"] == answers[1]["Location"]
        assert AuditEntry.objects.filter(action="contact.forget").count() == 1

    def test_is_for_admins(self, as_supervisor: Client) -> None:
        contact = make_contact("Kim")
        assert as_supervisor.get(self.address(contact)).status_code == 403
        assert "Delete forever" not in as_supervisor.get(contact.get_absolute_url()).content.decode()

    def test_a_forgotten_contact_has_no_page(self, as_admin: Client, alma: Actor) -> None:
        contact = make_contact("Kim")
        forget(contact, alma)
        for name in ("show", "edit", "restore", "forget", "download"):
            address = reverse(f"contacts:{name}", args=[contact.pk])
            assert as_admin.post(address).status_code in (404, 405)

    def test_its_address_says_that_it_is_gone(self, as_agent: Client, alma: Actor) -> None:
        contact = make_contact("Kim")
        forget(contact, alma)
        answer = as_agent.get(contact.get_absolute_url())
        assert answer.status_code == 410
        assert f"Deleted contact #{contact.pk}" in answer.content.decode()

    def test_the_log_still_reads(self, as_admin: Client, alma: Actor) -> None:
        contact = create_contact(Draft(name="Kim", emails=("kim@acme.example",)), by=alma, send_activation=False)
        forget(contact, alma)
        page = as_admin.get(reverse("audit:list")).content.decode()
        assert "deleted a contact forever" in page
        assert "[erased]" in page
