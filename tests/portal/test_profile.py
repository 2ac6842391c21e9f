"""What customers keep about themselves, and the password they must or may change."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from contacts.actions.drafts import Draft
from contacts.actions.passwords import change_password
from contacts.actions.records import edit_contact
from contacts.actions.tags import add_tags, remove_tags
from contacts.models import Contact
from helpdesk.audit.models import AuditEntry
from tests.conftest import SignIn
from tests.factories import PASSWORD, make_contact, make_customer
from tests.portal.letters import SYSTEM, letters_to

pytestmark = pytest.mark.django_db
PROFILE, OWN_PASSWORD = "/portal/profile/", "/portal/profile/password/"
NEW = "gate-lantern-42"


def typed(contact: Contact, **fields: Any) -> dict[str, Any]:
    return {
        "name": contact.name, "work_phone": contact.work_phone, "mobile_phone": contact.mobile_phone,
        "language": "en", "time_zone": contact.time_zone, "version": contact.version, **fields,
    }  # fmt: skip


@pytest.fixture
def customer() -> Contact:
    return make_customer("Kim", email="kim@acme.example", language="en")


@pytest.fixture
def browser(customer: Contact, sign_in: SignIn) -> Client:
    assert customer.user is not None
    return sign_in(customer.user)


class TestHome:
    @pytest.mark.parametrize(
        ("support", "ways", "question"),
        [
            (("care@acme.example", ""), "Write to us; we answer as soon as we can.", "Questions? Write to us:"),
            (("", "02-123-4567"), "Call us; we are glad to help.", "Questions? Call us:"),
            (("care@acme.example", "1588-1234"), "Write or call us; we answer", "Questions? Write or call us:"),
        ],
    )
    def test_names_only_the_ways_to_ask_that_there_are(
        self, browser: Client, settings: Any, support: tuple[str, str], ways: str, question: str
    ) -> None:
        settings.SUPPORT_EMAIL, settings.SUPPORT_PHONE = support
        page = browser.get("/portal/").text
        assert ways in page and question in page


class TestProfile:
    def test_saves_what_was_typed_and_records_it(self, customer: Contact, browser: Client) -> None:
        answer = browser.post(
            PROFILE, typed(customer, name="Kim Minjun", mobile_phone="010-1234-5678", time_zone="Asia/Seoul")
        )
        assert answer["Location"] == PROFILE
        customer.refresh_from_db()
        assert (customer.name, customer.mobile_phone, customer.time_zone) == (
            "Kim Minjun",
            "010-1234-5678",
            "Asia/Seoul",
        )
        assert "kimminjun" in customer.search_text.replace(" ", "").lower()
        entry = AuditEntry.objects.get(action="contact.edit")
        assert (entry.actor_id, entry.changes["name"]) == (customer.user_id, ["Kim", "Kim Minjun"])

    def test_a_name_is_kept_as_people_see_it(self, customer: Contact, browser: Client) -> None:
        browser.post(PROFILE, typed(customer, name="ＡＢＣ 👨\u200d👩"))
        customer.refresh_from_db()
        assert customer.name == "ABC 👨👩"

    def test_a_phone_stays_one_line(self, customer: Contact, browser: Client) -> None:
        browser.post(PROFILE, typed(customer, work_phone="02-123-4567\t내선 1"))
        customer.refresh_from_db()
        assert customer.work_phone == "02-123-4567 내선 1"

    def test_a_new_language_speaks_at_once(self, customer: Contact, browser: Client) -> None:
        browser.post(PROFILE, typed(customer, language="ko"))
        page = browser.get(PROFILE)
        assert page["Content-Language"] == "ko"
        assert 'lang="ko"' in page.content.decode()

    def test_a_new_time_zone_is_the_users_too(self, customer: Contact, browser: Client) -> None:
        browser.post(PROFILE, typed(customer, time_zone="Asia/Seoul"))
        assert customer.user is not None
        customer.user.refresh_from_db()
        assert customer.user.time_zone == "Asia/Seoul"

    def test_the_email_is_shown_and_cannot_be_posted(self, customer: Contact, browser: Client) -> None:
        assert "kim@acme.example" in browser.get(PROFILE).content.decode()
        browser.post(
            PROFILE, typed(customer, email="evil@acme.example", emails="evil@acme.example", notes="x", company="1")
        )
        assert [address.email for address in customer.addresses.all()] == ["kim@acme.example"]
        customer.refresh_from_db()
        assert customer.notes == ""

    def test_what_agents_keep_stays(self, browser: Client, customer: Contact) -> None:
        Contact.objects.update(notes="a quiet one", department="Sales", job_title="Manager", external_id="C-7")
        browser.post(PROFILE, typed(customer, name="Kim Minjun"))
        customer.refresh_from_db()
        assert (customer.notes, customer.department, customer.job_title, customer.external_id) == (
            "a quiet one",
            "Sales",
            "Manager",
            "C-7",
        )

    def test_tags_given_and_taken_in_that_moment_stay_so(
        self, browser: Client, customer: Contact, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def late(*args: Any, **options: Any) -> Contact:
            add_tags(customer, ["new"], by=SYSTEM)
            remove_tags(customer, ["old"], by=SYSTEM)
            return edit_contact(*args, **options)

        add_tags(customer, ["kept", "old"], by=SYSTEM)
        monkeypatch.setattr("portal.views.profile.edit_contact", late)
        browser.post(PROFILE, typed(customer, name="Kim Minjun"))
        customer.refresh_from_db()
        assert (customer.name, Draft.of(customer).tags) == ("Kim Minjun", ("kept", "new"))
        assert set(AuditEntry.objects.get(action="contact.edit").changes) == {"name"}

    def test_an_edit_meanwhile_is_told_and_nothing_typed_is_lost(self, browser: Client, customer: Contact) -> None:
        fields = typed(customer, name="Typed Name")
        browser.post(PROFILE, typed(customer, name="Saved Name"))
        answer = browser.post(PROFILE, fields)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Saved Name" in page
        assert 'value="Typed Name"' in page

    @pytest.mark.parametrize(
        ("field", "value"),
        [("name", ""), ("name", "x" * 201), ("name", "a\x00b"), ("mobile_phone", "9" * 61), ("language", "xx"), ("time_zone", "Mars/Olympus"), ("name", "\x07"), ("name", "\u200b\u200b")],
    )  # fmt: skip
    def test_bad_input_is_answered_at_its_field_and_kept(
        self, browser: Client, customer: Contact, field: str, value: str
    ) -> None:
        answer = browser.post(PROFILE, typed(customer, **{field: value}))
        assert answer.status_code == 200
        assert field in answer.context["form"].errors
        assert answer.context["form"][field].value() == value

    def test_visitors_sign_in_first_and_come_back(self, client: Client) -> None:
        assert client.get(PROFILE)["Location"] == "/portal/login/?next=/portal/profile/"


class TestPassword:
    def test_needs_the_current_one_and_keeps_this_browser_signed_in(
        self, browser: Client, customer: Contact, sign_in: SignIn
    ) -> None:
        elsewhere = sign_in(customer.user)  # type: ignore[arg-type]
        assert browser.post(OWN_PASSWORD, {"current": PASSWORD, "password": NEW})["Location"] == "/portal/"
        assert browser.get(PROFILE).status_code == 200
        assert elsewhere.get(PROFILE).status_code == 302
        assert "was changed" in letters_to(customer)[-1].subject

    def test_a_wrong_current_one_changes_nothing(self, browser: Client, customer: Contact) -> None:
        page = browser.post(OWN_PASSWORD, {"current": "wrong", "password": NEW})
        assert "not your current password" in page.content.decode()
        assert customer.user is not None
        customer.user.refresh_from_db()
        assert customer.user.check_password(PASSWORD)

    def test_guessing_the_current_one_is_limited(self, browser: Client) -> None:
        for _ in range(10):
            browser.post(OWN_PASSWORD, {"current": "wrong", "password": NEW})
        assert browser.post(OWN_PASSWORD, {"current": PASSWORD, "password": NEW}).status_code == 200

    def test_one_set_by_the_helpdesk_must_go_before_anything_else(self, client: Client) -> None:
        change_password(make_contact(email="new@acme.example"), "from-the-desk-77", must_change=True, by=SYSTEM)
        client.post("/portal/login/", {"email": "new@acme.example", "password": "from-the-desk-77"})
        for page in ("/portal/", PROFILE):
            assert client.get(page)["Location"] == OWN_PASSWORD
        assert client.post(OWN_PASSWORD, {"password": "from-the-desk-77"}).status_code == 200  # the same again
        assert client.post(OWN_PASSWORD, {"password": NEW})["Location"] == "/portal/"
        assert client.get(PROFILE).status_code == 200
