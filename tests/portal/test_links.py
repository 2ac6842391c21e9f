"""The links of letters as browsers, scanners and thieves follow them."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings

from contacts.actions import standing
from contacts.models import Contact
from helpdesk.outbox.filling import fresh_link
from helpdesk.outbox.models import SecretLink, State
from helpdesk.team.actions.asking import answer
from helpdesk.team.models import LinkRequest
from tests.conftest import SignIn
from tests.factories import make_agent, make_contact, make_customer
from tests.portal.letters import SYSTEM, age, expire, invited, letters_to, link_of, reset_sent

pytestmark = pytest.mark.django_db
NEW = "gate-lantern-42"
FORM, RESET_FORM = "/portal/activate/", "/portal/password/new/"


def follow(client: Client, token: str, way: str = "activate") -> HttpResponse:
    return client.get(f"/portal/{way}/{token}/", follow=True)  # type: ignore[return-value]


def set_password(client: Client, password: str = NEW, form: str = FORM) -> HttpResponse:
    return client.post(form, {"password": password})  # type: ignore[return-value]


def is_dead(response: HttpResponse) -> bool:
    page = response.content.decode()
    return response.status_code == 410 and all(
        words in page
        for words in (
            "This link is no longer valid", "It was used, has expired, or a newer email replaced it.",
            "If you have set a password:", "Otherwise:", "Send me a new link", "Sign in",
        )
    )  # fmt: skip


class TestActivating:
    def test_from_the_letter_to_the_portal(self, client: Client) -> None:
        contact = make_contact("Kim", email="kim@acme.example", language="en")
        page = follow(client, invited(contact))
        assert "kim@acme.example" in page.content.decode()
        assert "At least 10 characters" in page.content.decode()
        assert set_password(client)["Location"] == "/portal/login/"
        sign_in = client.get("/portal/login/").content.decode()
        assert "Your password is set. Sign in." in sign_in
        assert 'value="kim@acme.example"' in sign_in
        assert _has_focus(sign_in, "password")
        client.post("/portal/login/", {"email": "kim@acme.example", "password": NEW})
        assert "Hello, Kim" in client.get("/portal/").content.decode()

    def test_the_token_leaves_the_address_and_stays_out_of_the_session(self, client: Client) -> None:
        token = invited(make_contact())
        answer = client.get(f"/portal/activate/{token}/")
        assert (answer.status_code, answer["Location"]) == (302, FORM)
        assert token not in str(dict(client.session))
        assert token not in client.get(FORM).content.decode()
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Referrer-Policy"] == "same-origin"

    def test_scanners_may_look_as_often_as_they_like(self, client: Client) -> None:
        token = invited(make_contact())
        for _ in range(3):
            scanner = Client(headers={"Purpose": "prefetch", "User-Agent": "Barracuda"})
            assert follow(scanner, token).status_code == 200
            assert scanner.head(f"/portal/activate/{token}/")["Location"] == FORM
            assert scanner.head(FORM).status_code == 200
            assert scanner.post(f"/portal/activate/{token}/").status_code == 405
        follow(client, token)
        assert set_password(client).status_code == 302

    def test_a_head_does_not_count_as_opened_a_page_does(self, client: Client) -> None:
        token = invited(make_contact())
        client.head(f"/portal/activate/{token}/")
        client.head(FORM)
        assert link_of(token).opened_at is None
        follow(client, token)
        assert link_of(token).opened_at is not None

    @pytest.mark.parametrize(
        ("password", "reason"),
        [("short", "too short"), ("1234567890", "too common"), ("kim.minjun@acme.example", "like your email"),
         ("", "required"), ("a\x00bcdefghijkl", "cannot be used"), ("x" * 5000, "4096")],
        ids=["short", "common", "like the email", "empty", "nul", "over-long"],
    )  # fmt: skip
    def test_a_rejected_password_says_why_and_leaves_the_link_alive(
        self, client: Client, password: str, reason: str
    ) -> None:
        follow(client, invited(make_contact(email="kim.minjun@acme.example", language="en")))
        first = set_password(client, password)
        assert reason in first.content.decode()
        assert set_password(client).status_code == 302

    def test_two_browsers_at_once_the_second_finds_it_used(self) -> None:
        token = invited(make_contact())
        first, second = Client(), Client()
        follow(first, token), follow(second, token)
        assert set_password(first).status_code == 302
        assert is_dead(set_password(second, "other-lantern-43"))
        contact = Contact.objects.get()
        assert contact.user is not None
        assert contact.user.check_password(NEW)

    def test_next_is_kept(self, client: Client) -> None:
        token = invited(make_contact())
        client.get("/portal/login/", {"next": "/portal/profile/"})
        follow(client, token)
        assert set_password(client)["Location"] == "/portal/login/?next=%2Fportal%2Fprofile%2F"

    @pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:8000"])
    def test_links_come_from_the_settings_whatever_the_host_header_says(self, client: Client, host: str) -> None:
        contact = make_contact(email="kim@acme.example")
        client.post("/portal/password/reset/", {"email": "kim@acme.example"}, headers={"Host": host})
        for asked in LinkRequest.objects.all():
            answer(asked.pk)
        with override_settings(BASE_URL="https://help.acme.example"):
            for letter in letters_to(contact):
                link = fresh_link(letter)
                assert link is not None
                assert link.url.startswith("https://help.acme.example/portal/activate/")
                assert "evil" not in letter.text + letter.html
        assert len(letters_to(contact)) == (0 if "evil" in host else 1)


class TestDeadLinks:
    @pytest.mark.parametrize("token", ["x", "x" * 43, "%00", "..", "가나다", "x" * 5000, "a%2Fb"])
    def test_unknown_and_strange_ones(self, client: Client, token: str) -> None:
        response = follow(client, token)
        assert is_dead(response) or response.status_code in (400, 404)

    def test_a_truncated_one(self, client: Client) -> None:
        token = invited(make_contact())
        assert is_dead(follow(client, token[:-1]))

    def test_a_used_one(self, client: Client) -> None:
        token = invited(make_contact())
        follow(client, token)
        set_password(client)
        assert is_dead(follow(Client(), token))

    def test_a_replaced_one(self, client: Client) -> None:
        contact = make_contact()
        first = invited(contact)
        age(contact, minutes=2)
        second = invited(contact)
        assert is_dead(follow(client, first))
        assert follow(client, second).status_code == 200

    def test_if_the_server_refuses_the_newer_letter_the_older_link_lives_again(self, client: Client) -> None:
        contact = make_contact()
        first = invited(contact)
        age(contact, minutes=2)
        second = invited(contact)
        letter = letters_to(contact)[-1]
        letter.state = State.FAILED
        letter.save()
        assert is_dead(follow(client, second))
        assert follow(client, first).status_code == 200

    def test_one_that_died_between_page_and_password(self, client: Client) -> None:
        contact = make_contact()
        follow(client, invited(contact))
        standing.block(contact, by=SYSTEM)
        assert is_dead(set_password(client))

    def test_the_form_without_any_link(self, client: Client) -> None:
        page: HttpResponse = client.get(FORM)  # type: ignore[assignment]
        assert is_dead(page)
        assert is_dead(set_password(client))

    def test_an_expired_one_gets_a_new_letter_without_typing(self, client: Client) -> None:
        contact = make_contact(email="kim@acme.example")
        token = invited(contact)
        expire(token)
        assert is_dead(follow(client, token))
        answer = client.post("/portal/password/reset/again/", {"purpose": "activate"})
        assert answer["Location"] == "/portal/password/reset/sent/"
        assert LinkRequest.objects.get().email == "kim@acme.example"

    def test_other_dead_ones_ask_for_the_address(self, client: Client) -> None:
        follow(client, "unknown")
        answer = client.post("/portal/password/reset/again/", {"purpose": "activate"})
        assert answer["Location"] == "/portal/password/reset/"
        assert not LinkRequest.objects.exists()

    def test_the_page_says_nothing_of_whose_it_was(self, client: Client) -> None:
        token = invited(make_contact("Secret Name", email="secret@acme.example"))
        expire(token)
        page = follow(client, token).content.decode()
        assert "secret@acme.example" not in page
        assert "Secret Name" not in page


class TestOtherPeoplesLinks:
    def test_a_signed_in_browser_is_asked_first(self, sign_in: SignIn) -> None:
        browser = sign_in(make_agent(name="Ada Agent"))
        token = invited(make_contact(language="en"))
        page = follow(browser, token)
        assert "You are signed in as Ada Agent. Sign out and continue?" in page.content.decode()
        assert "Ada Agent" in set_password(browser).content.decode()
        assert link_of(token).used_at is None

    def test_signing_out_goes_on_with_the_link(self, sign_in: SignIn) -> None:
        browser = sign_in(make_agent())
        follow(browser, invited(make_contact()))
        assert browser.post("/portal/leave/", {"purpose": "activate"})["Location"] == FORM
        assert "_auth_user_id" not in browser.session
        assert set_password(browser).status_code == 302

    def test_leaving_is_a_post(self, as_agent: Client) -> None:
        assert as_agent.get("/portal/leave/").status_code == 405

    def test_an_agents_reset_link_opens_no_customers_form(self, client: Client) -> None:
        customer = make_customer()
        token = reset_sent(customer)
        SecretLink.objects.update(subject_kind="users.user")
        assert is_dead(follow(client, token, "password/reset"))

    def test_a_customers_reset_link_opens_no_agents_form(self, client: Client) -> None:
        customer = make_customer()
        token = reset_sent(customer)
        agent = make_agent(email="ada@helpdesk.example")
        SecretLink.objects.update(subject_id=agent.pk)
        page = client.get(f"/password/reset/{token}/", follow=True)
        client.post("/password/reset/new/", {"password": NEW})
        agent.refresh_from_db()
        assert "ada@helpdesk.example" not in page.content.decode()
        assert not agent.check_password(NEW)

    def test_an_activation_token_at_the_reset_address_is_unknown(self, client: Client) -> None:
        assert is_dead(follow(client, invited(make_contact()), "password/reset"))


class TestReset:
    def test_from_the_letter_to_the_portal(self, client: Client) -> None:
        customer = make_customer(email="kim@acme.example")
        follow(client, reset_sent(customer), "password/reset")
        assert set_password(client, form=RESET_FORM)["Location"] == "/portal/login/"
        assert client.post("/portal/login/", {"email": "kim@acme.example", "password": NEW}).status_code == 302

    def test_signs_out_every_other_browser(self, client: Client, sign_in: SignIn) -> None:
        customer = make_customer()
        elsewhere = sign_in(customer.user)  # type: ignore[arg-type]
        follow(client, reset_sent(customer), "password/reset")
        set_password(client, form=RESET_FORM)
        assert elsewhere.get("/portal/profile/")["Location"].startswith("/portal/login/")


def _has_focus(page: str, name: str) -> bool:
    (field,) = (tag for tag in re.findall(r"<input[^>]*>", page) if f'name="{name}"' in tag)
    return "autofocus" in field
