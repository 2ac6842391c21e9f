"""Why this customer cannot sign in: the first cause, told to agents."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contacts.actions.drafts import Draft
from contacts.actions.records import edit_contact
from contacts.actions.unlocking import unlock
from contacts.models import Contact
from contacts.notices import CONTACT, USER_ACTIVATION
from contacts.queries.obstacles import Obstacle, obstacle_of
from helpdesk.audit.models import AuditEntry
from helpdesk.outbox.history import letters_about, refused_addresses
from helpdesk.outbox.models import MailChannel, OutgoingEmail, SecretLink, State
from helpdesk.ui.moments import spoken
from helpdesk.users import actors
from helpdesk.users.models import Tally
from helpdesk.users.signing_in import PER_KEY, PER_KEY_AND_IP
from helpdesk.users.throttling import tried
from helpdesk.workers.models import Heartbeat
from tests.factories import PASSWORD, make_agent, make_contact, make_customer

pytestmark = pytest.mark.django_db


def obstacle(contact: Contact) -> Obstacle | None:
    letter = letters_about(CONTACT, [contact.pk], notices=[USER_ACTIVATION.code]).get(contact.pk)
    return obstacle_of(contact, list(contact.addresses.all()), letter, refused_addresses(CONTACT, contact.pk))


def cause(contact: Contact) -> str:
    found = obstacle(contact)
    assert found is not None
    assert found.cure
    return found.cause


def button(contact: Contact) -> str:
    found = obstacle(contact)
    return found.button if found else ""


def write(contact: Contact, state: State, **link: object) -> None:
    letter = OutgoingEmail.objects.create(
        notice=USER_ACTIVATION.code, cause=f"test:{contact.pk}", about_kind=CONTACT, about_id=contact.pk,
        to_email="a@b.example", language="en", subject="", text="", html="", state=state,
    )  # fmt: skip
    if link:
        SecretLink.objects.create(
            purpose="activate",
            subject_kind=CONTACT,
            subject_id=contact.pk,
            letter=letter,
            token_hash=str(contact.pk),
            **link,
        )


def test_nothing_keeps_a_verified_customer_out() -> None:
    assert obstacle(make_customer()) is None


def test_the_first_cause_is_told() -> None:
    now = timezone.now()

    assert cause(make_contact(email=None, deleted_at=now, blocked_at=now)) == "The contact is deleted."
    assert cause(make_contact(email=None, blocked_at=now)) == "The contact is blocked."
    assert cause(make_contact(email=None, mobile_phone="010-1234-5678")) == "The contact has no email address."


@pytest.fixture
def worker() -> None:
    """One lives."""
    Heartbeat.objects.create(worker="w", beat_at=timezone.now(), started_at=timezone.now())


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.QUEUED, "on its way"),
        (State.HANDOFF, "on its way"),
        (State.FAILED, "mail server refused"),
        (State.UNKNOWN, "nobody knows"),
        (State.CANCELLED, "was not sent"),
        (State.SKIPPED, "was not sent"),
    ],
)
def test_what_became_of_the_activation_email_is_told(state: State, words: str) -> None:
    contact = make_contact()
    write(contact, state)

    assert words in cause(contact)


def test_nobody_has_written_yet() -> None:
    assert "no activation email was sent yet" in cause(make_contact())


def test_what_became_of_the_link_is_told() -> None:
    now = timezone.now()
    expired, opened, unused = (make_contact() for _ in range(3))
    write(expired, State.SENT, expires_at=now - timedelta(hours=1), opened_at=now - timedelta(days=1))
    write(opened, State.SENT, expires_at=now + timedelta(hours=1), opened_at=now)
    write(unused, State.SENT, expires_at=now + timedelta(hours=1))

    assert "has expired" in cause(expired)
    assert "was opened" in cause(opened)
    assert "has not been used" in cause(unused)


def test_a_link_that_was_revoked_is_no_good_either() -> None:
    contact = make_contact()
    write(contact, State.SENT, expires_at=timezone.now() + timedelta(hours=1), revoked_at=timezone.now())
    assert "was merged, blocked or deleted since" in cause(contact)
    assert button(contact) == "activate"


class TestLetterThatWaits:
    """In the outbox, and why it does not go."""

    def test_no_worker_lives(self) -> None:
        contact = make_contact()
        write(contact, State.QUEUED)
        assert "no worker is running" in cause(contact)
        assert button(contact) == "background"

    @pytest.mark.usefixtures("worker")
    def test_no_mail_server_is_set(self, settings: Any) -> None:
        settings.EMAIL_BACKEND = "helpdesk.outbox.eml.NoMailServer"
        contact = make_contact()
        write(contact, State.QUEUED)
        assert "no mail server is set" in cause(contact)
        assert button(contact) == "outbox"

    @pytest.mark.usefixtures("worker")
    def test_the_mail_server_refuses_everything(self) -> None:
        MailChannel.objects.create(pk=1, paused_at=timezone.now(), failures=5, last_error="535 bad password")
        contact = make_contact()
        write(contact, State.QUEUED)
        assert "the mail server cannot be used: “535 bad password”" in cause(contact)
        assert button(contact) == "outbox"

    @pytest.mark.usefixtures("worker")
    def test_the_mail_server_put_it_off(self) -> None:
        contact = make_contact()
        write(contact, State.QUEUED)
        OutgoingEmail.objects.update(server_reply="451 4.7.1 greylisted")
        assert "put the activation email off: “451 4.7.1 greylisted”" in cause(contact)

    def test_one_at_the_mail_servers_door_is_on_its_way_whatever_else(self) -> None:
        contact = make_contact()
        write(contact, State.HANDOFF)
        assert "on its way" in cause(contact)
        assert button(contact) == "look"


def test_the_servers_words_are_told() -> None:
    contact = make_contact()
    write(contact, State.FAILED)
    OutgoingEmail.objects.update(server_reply="552 5.3.4 too large")
    assert "(552 5.3.4 too large)" in cause(contact)
    assert button(contact) == "activate"


def test_a_password_that_was_set_for_them_must_be_changed() -> None:
    customer = make_customer()
    assert customer.user is not None
    customer.user.must_change_password = True
    assert "a new password has to be chosen" in cause(customer)
    assert button(customer) == "reset"


@pytest.mark.parametrize(("is_active", "words"), [(True, "opens the portal, too"), (False, "deactivated")])
def test_agents_have_one_password_for_both_doors(is_active: bool, words: str) -> None:
    contact = make_contact(user=make_agent(is_active=is_active))
    assert words in cause(contact)


def test_somebody_guessing_passwords_locks_the_customer_out() -> None:
    customer = make_customer(email="kim@acme.example", emails=("kim2@acme.example",))
    for _ in range(PER_KEY.count):
        tried(PER_KEY, "kim2@acme.example")

    assert "Too many wrong passwords" in cause(customer)
    assert button(customer) == "unlock"


class TestLockedOut:
    """Ten wrong passwords from one place."""

    def test_it_is_told_until_when(self) -> None:
        customer = make_customer(email="kim@acme.example")
        assert guess(Client(), "kim@acme.example").status_code == 429
        (until,) = re.findall(r"possible: (.*)\.$", cause(customer))
        began = Tally.objects.get(action=PER_KEY_AND_IP.action).started_at
        assert until == spoken(began + timedelta(minutes=15))

    def test_a_supervisor_lets_them_try_again(self, as_supervisor: Client) -> None:
        customer = make_customer(email="kim@acme.example")
        guess(Client(), "kim@acme.example")
        as_supervisor.post(f"/contacts/{customer.pk}/unlock/")
        assert obstacle(customer) is None
        assert AuditEntry.objects.get(action="contact.unlock").target_id == customer.pk
        entered = Client().post("/portal/login/", {"email": "kim@acme.example", "password": PASSWORD})
        assert entered.status_code == 302

    def test_the_limit_of_the_day_too(self) -> None:
        customer = make_customer(email="kim@acme.example")
        for _ in range(PER_KEY.count):
            tried(PER_KEY, "kim@acme.example")
        assert unlock(customer, by=actors.system("command"))
        assert obstacle(customer) is None

    def test_others_stay_locked_out(self, as_supervisor: Client) -> None:
        customer, other = make_customer(email="kim@acme.example"), make_customer(email="lee@acme.example")
        guess(Client(), "kim@acme.example")
        guess(Client(), "lee@acme.example")
        as_supervisor.post(f"/contacts/{customer.pk}/unlock/")
        assert "Too many wrong passwords" in cause(other)

    def test_where_nobody_is_locked_out_nothing_happens(self, as_supervisor: Client) -> None:
        customer = make_customer()
        answer = as_supervisor.post(f"/contacts/{customer.pk}/unlock/", follow=True).content.decode()
        assert "No wrong passwords kept the customer out." in answer
        assert not AuditEntry.objects.filter(action="contact.unlock").exists()

    def test_an_agent_may_not(self, as_agent: Client) -> None:
        customer = make_customer(email="kim@acme.example")
        guess(Client(), "kim@acme.example")
        page = as_agent.get(customer.get_absolute_url()).content.decode()
        assert "unlock" not in page
        assert "A supervisor or an admin can let them try again." in page
        assert as_agent.post(f"/contacts/{customer.pk}/unlock/").status_code == 403


def guess(client: Client, email: str) -> Any:
    """Try wrong passwords until no more are taken; the last answer."""
    for _ in range(PER_KEY_AND_IP.count + 1):
        answer = client.post("/portal/login/", {"email": email, "password": "wrong-password"})
    return answer


def answered(contact: Contact, state: State, reply: str) -> None:
    """The mail server's answer to one more letter to the contact's primary address."""
    number = OutgoingEmail.objects.count()
    OutgoingEmail.objects.create(
        notice=USER_ACTIVATION.code, cause=f"answer:{number}", about_kind=CONTACT, about_id=contact.pk,
        to_email=contact.addresses.get(is_primary=True).email, language="en", subject="", text="", html="",
        state=state, server_reply=reply, finished_at=timezone.now(),
    )  # fmt: skip


def test_an_address_refused_for_good_is_flagged_until_a_letter_arrives(as_agent: Client) -> None:
    contact = make_contact(email="kim@acme.example")
    answered(contact, State.FAILED, "550 5.1.1 no such user")
    page = as_agent.get(contact.get_absolute_url()).content.decode()
    assert "refuses letters to this address: 550 5.1.1 no such user" in page
    assert "refuses letters to kim@acme.example: “550 5.1.1 no such user”." in cause(contact)
    answered(contact, State.SENT, "250 ok")
    assert refused_addresses(CONTACT, contact.pk) == {}
    assert "has not been used" in cause(contact)


def test_correcting_the_address_clears_the_flag() -> None:
    contact = make_contact(email="kim@acme.example")
    answered(contact, State.FAILED, "550 5.1.1 no such user")
    draft = replace(Draft.of(contact), emails=("kim2@acme.example",))
    edit_contact(contact, draft, version=contact.version, by=actors.system("command"))
    assert "refuses letters to" not in cause(contact)


@pytest.mark.parametrize("reply", ["451 4.7.1 try later", "552 5.3.4 too large", "Traceback"])
def test_what_says_nothing_about_the_address_does_not_flag_it(reply: str) -> None:
    contact = make_contact()
    answered(contact, State.FAILED, reply)
    assert refused_addresses(CONTACT, contact.pk) == {}


def test_a_customer_with_a_refused_address_can_sign_in_but_not_forget() -> None:
    customer = make_customer()
    answered(customer, State.FAILED, "550 no")
    assert "a password reset email would not arrive" in cause(customer)


def test_the_profile_tells(as_agent: Client) -> None:
    body = as_agent.get(f"/contacts/{make_contact().pk}/").content.decode()

    assert "Why can&#x27;t this customer sign in?" in body or "Why can't this customer sign in?" in body
    assert "no activation email was sent yet" in body
