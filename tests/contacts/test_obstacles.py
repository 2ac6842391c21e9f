"""Why this customer cannot sign in: the first cause, told to agents."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from contacts.models import Contact
from contacts.notices import CONTACT, USER_ACTIVATION
from contacts.queries.obstacles import Obstacle, obstacle_of
from helpdesk.outbox.history import letters_about
from helpdesk.outbox.models import OutgoingEmail, SecretLink, State
from helpdesk.users.signing_in import PER_KEY
from helpdesk.users.throttling import tried
from tests.factories import make_contact, make_customer

pytestmark = pytest.mark.django_db


def obstacle(contact: Contact) -> Obstacle | None:
    letter = letters_about(CONTACT, [contact.pk], notices=[USER_ACTIVATION.code]).get(contact.pk)
    return obstacle_of(contact, list(contact.addresses.all()), letter)


def cause(contact: Contact) -> str:
    found = obstacle(contact)
    assert found is not None
    assert found.cure
    return found.cause


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


def test_somebody_guessing_passwords_locks_the_customer_out() -> None:
    customer = make_customer(email="kim@acme.example", emails=("kim2@acme.example",))
    for _ in range(PER_KEY.count):
        tried(PER_KEY, "kim2@acme.example")

    assert "Too many wrong passwords" in cause(customer)


def test_the_profile_tells(as_agent: Client) -> None:
    body = as_agent.get(f"/contacts/{make_contact().pk}/").content.decode()

    assert "Why can&#x27;t this customer sign in?" in body or "Why can't this customer sign in?" in body
    assert "no activation email was sent yet" in body
