"""Agents change their own address: asked with the password, confirmed by the new mailbox, told to the old one."""

from __future__ import annotations

import pytest
from django.test import Client

from contacts.models import Address
from helpdesk.audit.models import AuditEntry
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.team.actions.asking import send_way_in
from helpdesk.team.notices import still_wants_confirmation, still_wants_reset
from helpdesk.users import actors
from helpdesk.users.models import Tally, User
from helpdesk.users.signing_in import PER_USER
from helpdesk.users.throttling import is_used_up
from tests.conftest import SignIn
from tests.factories import PASSWORD, make_agent, make_contact
from tests.portal.letters import expire
from tests.team.letters import arrived, written

pytestmark = pytest.mark.django_db
URL, CONFIRM = "/profile/email/", "/profile/email/confirm/"
OLD, NEW = "ada@helpdesk.example", "ada.neu@helpdesk.example"
SYSTEM = actors.system("command")


@pytest.fixture
def ada() -> User:
    return make_agent(email=OLD)


@pytest.fixture
def browser(ada: User, sign_in: SignIn) -> Client:
    return sign_in(ada)


def ask(browser: Client, email: str = NEW, current: str = PASSWORD) -> object:
    return browser.post(URL, {"email": email, "current": current})


def asked(browser: Client, ada: User) -> str:
    ask(browser)
    return arrived(ada, "team_email")


def email_of(user: User) -> str:
    return User.objects.get(pk=user.pk).email


class TestAsking:
    def test_a_wrong_password_is_counted_though_the_form_is_refused(self, browser: Client, ada: User) -> None:
        """A form that is sent once takes back what it wrote when it is refused; a try stays a try."""
        for turn in range(PER_USER.count):
            browser.post(URL, {"email": NEW, "current": "wrong", "form_id": f"form-number-{turn:05}"})
        assert is_used_up(PER_USER, str(ada.pk))
        browser.post(URL, {"email": NEW, "current": PASSWORD, "form_id": "the-right-password"})
        assert not OutgoingEmail.objects.exists()

    def test_the_right_password_costs_no_try(self, browser: Client, ada: User) -> None:
        make_contact(email=NEW)
        browser.post(URL, {"email": NEW, "current": PASSWORD, "form_id": "refused-for-the-address"})
        assert Tally.objects.filter(action=PER_USER.action, count__gt=0).count() == 0

    def test_writes_to_the_new_address_and_changes_nothing(self, browser: Client, ada: User) -> None:
        ask(browser)
        letter = OutgoingEmail.objects.get()
        assert (letter.notice, letter.to_email, letter.link_purpose) == ("team_email", NEW, "confirm")
        assert NEW in letter.text
        assert email_of(ada) == OLD
        assert not Address.objects.filter(email=NEW).exists()
        assert AuditEntry.objects.get(action="user.ask_email").changes == {"email": [OLD, NEW]}

    @pytest.mark.parametrize(
        ("email", "current", "field"),
        [
            (NEW, "wrong", "current"),
            (NEW, "", "current"),
            ("no address", PASSWORD, "email"),
            ("", PASSWORD, "email"),
            (OLD.upper(), PASSWORD, "email"),
            ("mi\u212ae@helpdesk.example", PASSWORD, "email"),
            ("nul\x00@helpdesk.example", PASSWORD, "email"),
            ("x" * 300 + "@helpdesk.example", PASSWORD, "email"),
        ],
    )
    def test_bad_input_is_answered_at_its_field(self, browser: Client, email: str, current: str, field: str) -> None:
        page = browser.post(URL, {"email": email, "current": current})
        assert field in page.context["form"].errors
        assert not OutgoingEmail.objects.exists()

    def test_somebody_elses_address_is_refused(self, browser: Client) -> None:
        make_contact(email="kim@acme.example")
        make_agent(email="bea@helpdesk.example")
        for taken in ("kim@acme.example", "ＢＥＡ@helpdesk.example"):
            assert "email" in browser.post(URL, {"email": taken, "current": PASSWORD}).context["form"].errors
        assert not OutgoingEmail.objects.exists()

    def test_five_letters_an_hour_are_enough(self, browser: Client) -> None:
        for number in range(5):
            ask(browser, f"ada{number}@helpdesk.example")
        page = browser.post(URL, {"email": NEW, "current": PASSWORD})
        assert "email" in page.context["form"].errors
        assert written("team_email") == 5

    def test_is_for_agents(self, as_customer: Client, client: Client) -> None:
        assert as_customer.get(URL).status_code == 403
        assert client.get(URL)["Location"] == f"/login/?next={URL}"


class TestConfirming:
    def test_looking_confirms_nothing(self, browser: Client, ada: User) -> None:
        token = asked(browser, ada)
        for _ in range(2):
            assert "ada.neu@helpdesk.example" in browser.get(f"{CONFIRM}{token}/", follow=True).content.decode()
        assert email_of(ada) == OLD

    def test_the_new_address_signs_in_and_the_old_one_is_free(self, browser: Client, ada: User, client: Client) -> None:
        browser.get(f"{CONFIRM}{asked(browser, ada)}/")
        assert browser.post(CONFIRM)["Location"] == "/profile/"
        address = Address.objects.get(user=ada)
        assert (address.email, address.is_primary, email_of(ada)) == (NEW, True, NEW)
        assert address.confirmed_at is not None
        assert client.post("/login/", {"email": OLD, "password": PASSWORD}).status_code == 200
        assert client.post("/login/", {"email": NEW, "password": PASSWORD}).status_code == 302
        make_contact(email=OLD)

    def test_this_session_stays_and_all_others_end(self, browser: Client, ada: User, sign_in: SignIn) -> None:
        elsewhere = sign_in(ada)
        browser.get(f"{CONFIRM}{asked(browser, ada)}/")
        browser.post(CONFIRM)
        assert browser.get("/profile/").status_code == 200
        assert elsewhere.get("/profile/").status_code == 302

    def test_the_old_address_is_told(self, browser: Client, ada: User) -> None:
        browser.get(f"{CONFIRM}{asked(browser, ada)}/")
        browser.post(CONFIRM)
        letter = OutgoingEmail.objects.get(notice="team_security")
        assert letter.to_email == OLD
        assert f"was changed to {NEW}" in letter.text
        assert AuditEntry.objects.get(action="user.change_email").changes == {"email": [OLD, NEW]}

    def test_without_a_session_it_leads_to_the_sign_in_page(self, browser: Client, ada: User, client: Client) -> None:
        client.get(f"{CONFIRM}{asked(browser, ada)}/")
        page = client.post(CONFIRM, follow=True)
        assert page.redirect_chain == [("/login/", 302)]
        assert f'value="{NEW}"' in page.content.decode()
        assert browser.get("/profile/").status_code == 302

    def test_somebody_else_who_is_signed_in_is_asked_first(self, browser: Client, ada: User, as_admin: Client) -> None:
        as_admin.get(f"{CONFIRM}{asked(browser, ada)}/")
        assert "Sign out and continue?" in as_admin.get(CONFIRM).content.decode()
        as_admin.post(CONFIRM)
        assert email_of(ada) == OLD
        assert as_admin.post("/links/leave/", {"purpose": "confirm"})["Location"] == CONFIRM
        as_admin.post(CONFIRM)
        assert email_of(ada) == NEW

    @pytest.mark.parametrize("how", ["used", "expired", "newer", "deactivated", "taken", "unknown"])
    def test_dead_links_get_one_page(self, browser: Client, ada: User, client: Client, how: str) -> None:
        token = "x" if how == "unknown" else asked(browser, ada)
        if how == "used":
            browser.get(f"{CONFIRM}{token}/")
            browser.post(CONFIRM)
        if how == "expired":
            expire(token)
        if how == "newer":
            asked(browser, ada)
        if how == "deactivated":
            User.objects.filter(pk=ada.pk).update(is_active=False)
        if how == "taken":
            make_contact(email=NEW)
        client.get(f"{CONFIRM}{token}/")
        page = client.post(CONFIRM)
        assert page.status_code == 410
        assert email_of(ada) == (NEW if how == "used" else OLD)

    def test_links_and_letters_to_the_old_address_die(self, browser: Client, ada: User, client: Client) -> None:
        token = asked(browser, ada)
        send_way_in(OLD, by=SYSTEM)
        reset = arrived(ada, "team_reset")
        send_way_in(OLD, by=SYSTEM)
        waiting = OutgoingEmail.objects.filter(notice="team_reset").latest("pk")
        browser.get(f"{CONFIRM}{token}/")
        browser.post(CONFIRM)
        assert client.get(f"/password/reset/{reset}/", follow=True).status_code == 410
        assert "changed in the meantime" in still_wants_reset(waiting)

    def test_a_letter_that_waited_too_long_is_skipped(self, browser: Client, ada: User) -> None:
        ask(browser)
        letter = OutgoingEmail.objects.get()
        assert still_wants_confirmation(letter) == ""
        browser.get(f"{CONFIRM}{arrived(ada, 'team_email')}/")
        browser.post(CONFIRM)
        assert "already" in still_wants_confirmation(letter)

    def test_an_agent_who_is_a_contact_keeps_the_contacts_addresses(self, browser: Client, ada: User) -> None:
        contact = make_contact(email=None, emails=(), work_phone="02-1", user=ada)
        Address.objects.filter(user=ada).update(contact=contact)
        Address.objects.create(key=NEW, email=NEW, contact=contact)
        browser.get(f"{CONFIRM}{asked(browser, ada)}/")
        browser.post(CONFIRM)
        rows = {row.email: (row.user_id, row.contact_id, row.is_primary) for row in Address.objects.all()}
        assert rows == {OLD: (None, contact.pk, True), NEW: (ada.pk, contact.pk, False)}
