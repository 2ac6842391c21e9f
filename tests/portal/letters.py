"""Letters of the real kind, delivered without a mail server: for tests of what their links open."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from contacts.actions.activation import send_activations
from contacts.actions.passwords import send_password_reset
from contacts.models import Contact
from contacts.notices import CONTACT
from helpdesk.outbox.models import OutgoingEmail, SecretLink, State, hash_of, new_token
from helpdesk.users import actors

SYSTEM = actors.system("command")


def deliver(letter: OutgoingEmail) -> str:
    """Let the letter arrive; returns the token in it."""
    token, now = new_token(), timezone.now()
    OutgoingEmail.objects.filter(pk=letter.pk).update(state=State.SENT, handoff_at=now, finished_at=now)
    SecretLink.objects.create(
        purpose=letter.link_purpose, subject_kind=letter.about_kind, subject_id=letter.about_id or 0, letter=letter,
        sent_to=letter.to_email, token_hash=hash_of(token), expires_at=now + timedelta(hours=letter.link_hours),
    )  # fmt: skip
    return token


def letters_to(contact: Contact, notice: str = "") -> list[OutgoingEmail]:
    """What was written to the contact, oldest first; of one notice if named."""
    letters = OutgoingEmail.objects.about(CONTACT, contact.pk).order_by("pk")
    return list(letters.filter(notice=notice) if notice else letters)


def invited(contact: Contact) -> str:
    """Send the contact an activation email and let it arrive; returns its token."""
    send_activations([contact.pk], by=SYSTEM)
    return deliver(letters_to(contact, "user_activation")[-1])


def reset_sent(contact: Contact) -> str:
    """The same with a password reset."""
    send_password_reset(contact, by=SYSTEM)
    return deliver(letters_to(contact, "password_reset")[-1])


def age(contact: Contact, **delta: float) -> None:
    """Make every letter to the contact and its links older."""
    past = timezone.now() - timedelta(**delta)
    for letter in letters_to(contact):
        OutgoingEmail.objects.filter(pk=letter.pk).update(created_at=past)


def link_of(token: str) -> SecretLink:
    return SecretLink.objects.get(token_hash=hash_of(token))


def expire(token: str) -> None:
    SecretLink.objects.filter(token_hash=hash_of(token)).update(expires_at=timezone.now() - timedelta(minutes=1))
