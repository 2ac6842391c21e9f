"""Inviting contacts from the desk: what the page answers, to whom, and for what it is asked."""

from __future__ import annotations

import html
import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from contacts.models import Contact
from helpdesk.outbox.models import OutgoingEmail
from tests.conftest import SignIn
from tests.factories import make_agent, make_contact, make_customer
from tests.portal.letters import age, invited, letters_to

pytestmark = pytest.mark.django_db
SEND = "/contacts/activations/"
HTMX = {"HX-Request": "true"}


def send(client: Client, *contacts: object, **more: str) -> HttpResponse:
    ids = [contact.pk if isinstance(contact, Contact) else contact for contact in contacts]
    return client.post(SEND, {"contact": ids, **more}, follow=True)  # type: ignore[return-value]


def said(response: HttpResponse) -> list[str]:
    """The messages on the page, as read."""
    page = response.content.decode()
    found = re.findall(r'<div class="alert-text">(.*?)</div>\s*<button', page, flags=re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split()) for text in found]


class TestSending:
    def test_one(self, as_agent: Client) -> None:
        contact = make_contact()
        assert said(send(as_agent, contact)) == ["1 activation email is on its way."]
        assert len(letters_to(contact)) == 1

    def test_twenty_eight_of_thirty(self, as_agent: Client) -> None:
        chosen = [
            *(make_contact() for _ in range(28)),
            make_customer("Kim"),
            make_contact("Lee", email=None, work_phone="02-1"),
        ]
        (message,) = said(send(as_agent, *chosen))
        assert message == "28 activation emails are on their way; 2 skipped. Kim : already verified Lee : no email"

    def test_thirty_one_are_refused_with_the_limit(self, as_agent: Client) -> None:
        (message,) = said(send(as_agent, *(make_contact() for _ in range(31))))
        assert "At most 30" in message
        assert not OutgoingEmail.objects.exists()

    def test_a_verified_contact_gets_none_and_it_says_so(self, as_agent: Client) -> None:
        (message,) = said(send(as_agent, make_customer("Kim")))
        assert message == "No activation email was sent; 1 skipped. Kim : already verified"
        assert not OutgoingEmail.objects.exists()

    @pytest.mark.parametrize("forged", ["999999", "abc", "-1", "1 OR 1=1", "9" * 40, "", "\x00", "１"])
    def test_forged_ids_are_not_found(self, as_agent: Client, forged: str) -> None:
        (message,) = said(send(as_agent, forged))
        assert message.endswith("not found")
        assert not OutgoingEmail.objects.exists()

    def test_the_same_id_twice_is_one_letter(self, as_agent: Client) -> None:
        contact = make_contact()
        assert said(send(as_agent, contact, contact)) == ["1 activation email is on its way."]
        assert OutgoingEmail.objects.count() == 1

    def test_nobody_chosen(self, as_agent: Client) -> None:
        assert said(send(as_agent)) == ["Nobody was chosen, so nothing was sent."]

    def test_a_double_click_is_one_letter_and_one_answer(self, as_agent: Client) -> None:
        contact = make_contact()
        form_id = "once-once-once-once"
        first, second = (as_agent.post(SEND, {"contact": contact.pk, "form_id": form_id}) for _ in range(2))
        assert first["Location"] == second["Location"]
        assert said(as_agent.get(first["Location"])) == ["1 activation email is on its way."]  # type: ignore[arg-type]
        assert OutgoingEmail.objects.count() == 1

    def test_again_says_when(self, as_agent: Client) -> None:
        contact = make_contact("Kim")
        invited(contact)
        age(contact, seconds=20)
        assert said(send(as_agent, contact))[0].endswith("Kim : Sent 20 seconds ago. Again in 40 seconds.")

    def test_names_are_escaped(self, as_agent: Client) -> None:
        page = send(as_agent, make_customer("<script>alert(1)</script>")).content.decode()
        assert "<script>alert(1)</script>" not in page

    @pytest.mark.parametrize(
        ("wanted", "leads_to"),
        [
            ("/contacts/?view=unverified", "/contacts/?view=unverified"),
            ("//evil.example/", "/contacts/"),
            ("", "/contacts/"),
        ],
    )
    def test_leads_back_to_where_it_was_asked(self, as_agent: Client, wanted: str, leads_to: str) -> None:
        answer = as_agent.post(SEND, {"contact": make_contact().pk, "next": wanted})
        assert answer["Location"] == leads_to


class TestOnThePage:
    def test_rows_and_message_update_themselves(self, as_agent: Client) -> None:
        fresh, verified = make_contact("Fresh"), make_customer("Verified")
        answer = as_agent.post(SEND, {"contact": [fresh.pk, verified.pk]}, headers=HTMX)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert f'id="contact-{fresh.pk}" hx-swap-oob="true"' in page
        assert 'id="messages"' in page
        assert "being sent" in page

    def test_a_repeated_request_sends_nothing_more(self, as_agent: Client) -> None:
        contact = make_contact()
        for _ in range(2):
            as_agent.post(SEND, {"contact": contact.pk}, headers=HTMX)
        assert OutgoingEmail.objects.count() == 1


class TestDoors:
    def test_visitors_sign_in_first(self, client: Client) -> None:
        contact = make_contact()
        assert client.post(SEND, {"contact": contact.pk})["Location"].startswith("/login/")
        assert not OutgoingEmail.objects.exists()

    def test_customers_may_not(self, as_customer: Client) -> None:
        contact = make_contact()
        assert as_customer.post(SEND, {"contact": contact.pk}).status_code == 403
        assert not OutgoingEmail.objects.exists()

    def test_only_by_post(self, as_agent: Client) -> None:
        assert as_agent.get(SEND).status_code == 405


class TestReset:
    def test_a_verified_contact_gets_the_letter(self, as_agent: Client) -> None:
        customer = make_customer()
        answer = as_agent.post(f"/contacts/{customer.pk}/password-reset/", follow=True)
        assert said(answer) == ["A password reset email is on its way."]  # type: ignore[arg-type]
        assert [letter.link_purpose for letter in letters_to(customer)] == ["reset"]

    def test_an_unverified_one_does_not(self, as_agent: Client) -> None:
        contact = make_contact()
        answer = as_agent.post(f"/contacts/{contact.pk}/password-reset/", follow=True)
        assert "not verified yet" in said(answer)[0]  # type: ignore[arg-type]
        assert letters_to(contact) == []

    def test_unknown_and_deleted_ones_are_not_found(self, as_agent: Client) -> None:
        gone = make_contact(deleted_at=timezone.now())
        assert as_agent.post("/contacts/999999/password-reset/").status_code == 404
        assert as_agent.post(f"/contacts/{gone.pk}/password-reset/").status_code == 404


class TestChangePassword:
    def _path(self, contact: Contact) -> str:
        return f"/contacts/{contact.pk}/password/"

    def test_typed_with_the_duty_to_change_ticked_already(self, as_admin: Client) -> None:
        contact = make_contact(email="kim@acme.example")
        page = as_admin.get(self._path(contact)).content.decode()
        assert re.search(r'name="must_change"[^>]*checked', page)
        as_admin.post(self._path(contact), {"password": "gate-lantern-42", "must_change": "on"})
        contact.refresh_from_db()
        assert contact.user is not None
        assert (contact.user.check_password("gate-lantern-42"), contact.user.must_change_password) == (True, True)

    def test_generated_and_shown_this_once(self, as_admin: Client) -> None:
        contact = make_contact()
        page = as_admin.post(self._path(contact), {"generate": "1"}).content.decode()
        (password,) = re.findall(r"data-copy-value>([^<]+)<", page)
        contact.refresh_from_db()
        assert contact.user is not None
        assert (contact.user.check_password(password), contact.user.must_change_password) == (True, False)
        assert password not in as_admin.get(f"/contacts/{contact.pk}/").content.decode()
        assert password not in "".join(letter.text + letter.html for letter in letters_to(contact))

    @pytest.mark.parametrize(
        ("password", "reason"),
        [("", "Type a password"), ("short", "too short"), ("1234567890", "too common"), ("kim.minjun2026", "like your email"), ("a\x00bcdefghijk", "cannot be used"), ("x" * 5000, "4096")],
    )  # fmt: skip
    def test_a_bad_one_is_answered_and_changes_nothing(self, as_admin: Client, password: str, reason: str) -> None:
        contact = make_contact(email="kim.minjun@acme.example")
        answer = as_admin.post(self._path(contact), {"password": password})
        assert (answer.status_code, reason in answer.content.decode()) == (200, True)
        contact.refresh_from_db()
        assert contact.verified_at is None

    def test_signs_the_customer_out(self, as_admin: Client, sign_in: SignIn) -> None:
        customer = make_customer()
        browser = sign_in(customer.user)  # type: ignore[arg-type]
        as_admin.post(self._path(customer), {"generate": "1"})
        assert browser.get("/portal/profile/").status_code == 302

    def test_a_blocked_contact_shows_why_not(self, as_admin: Client) -> None:
        contact = make_contact(blocked_at=timezone.now())
        assert "blocked" in as_admin.get(self._path(contact)).content.decode()
        as_admin.post(self._path(contact), {"generate": "1"})
        contact.refresh_from_db()
        assert contact.user is None

    def test_agents_password_stays_out_of_reach(self, as_admin: Client) -> None:
        agent = make_agent()
        as_admin.post(self._path(make_contact(user=agent)), {"generate": "1"})
        before = agent.password
        agent.refresh_from_db()
        assert agent.password == before

    @pytest.mark.parametrize("browser", ["as_agent", "as_supervisor", "as_customer"])
    def test_others_may_not(self, request: pytest.FixtureRequest, browser: str) -> None:
        contact = make_contact()
        client: Client = request.getfixturevalue(browser)
        for answer in (client.get(self._path(contact)), client.post(self._path(contact), {"generate": "1"})):
            assert answer.status_code == 403
        contact.refresh_from_db()
        assert contact.verified_at is None
