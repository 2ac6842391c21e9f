"""The letters about a contact's portal sign-in: one function a letter. Nothing here decides whether to send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse

from contacts.models import Address, Contact
from contacts.notices import CONTACT
from helpdesk.outbox.posting import Letter, SecretLinkRequest
from helpdesk.outbox.writing import write
from helpdesk.ui.languages import known_zone

RESET_HOURS = 24


def activation(contact: Contact, address: Address, *, cause: str) -> Letter:
    """Invites to set the first password."""
    link = _link("activate", "portal:activate", settings.ACTIVATION_HOURS)
    return _letter("activation", contact, address.email, cause=cause, link=link)


def password_reset(contact: Contact, address: Address, *, cause: str) -> Letter:
    """Lets choose a new password."""
    link = _link("reset", "portal:reset", RESET_HOURS)
    return _letter("password_reset", contact, address.email, cause=cause, link=link)


def password_set(contact: Contact, address: Address, *, cause: str) -> Letter:
    """Says that the first password was set."""
    return _letter("password_set", contact, address.email, cause=cause)


def password_changed(contact: Contact, address: Address, *, cause: str, by_helpdesk: bool) -> Letter:
    """Says that the password is another one now; never the password itself."""
    return _letter("password_changed", contact, address.email, cause=cause, context={"by_helpdesk": by_helpdesk})


def primary_changed(contact: Contact, *, old: str, new: str, cause: str) -> list[Letter]:
    """Tells both addresses which one is the primary email now."""
    context = {"old": old, "new": new}
    return [
        _letter("primary_changed", contact, to, cause=f"{cause}:{which}", context=context)
        for which, to in (("old", old), ("new", new))
    ]


def language_of(contact: Contact) -> str:
    """What the contact chose or was given, else the helpdesk's default."""
    chosen = contact.language or (contact.user.language if contact.user else "")
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _letter(
    name: str,
    contact: Contact,
    to: str,
    *,
    cause: str,
    link: SecretLinkRequest | None = None,
    context: Mapping[str, Any] | None = None,
) -> Letter:
    language, zone = language_of(contact), known_zone(contact.time_zone)
    shown = {
        "name": contact.name,
        "email": to,
        "sign_in_url": settings.BASE_URL + reverse("portal:login"),
        **(context or {}),
    }
    written = write(f"contacts/{name}", shown, language=language, time_zone=zone)
    return Letter(
        cause=cause,
        to_email=to,
        to_name=contact.name,
        language=language,
        time_zone=zone,
        subject=written.subject,
        text=written.text,
        html=written.html,
        about=(CONTACT, contact.pk),
        link=link,
    )


def _link(purpose: str, view: str, hours: int) -> SecretLinkRequest:
    path = reverse(view, args=["TOKEN"]).replace("TOKEN", "{token}")
    return SecretLinkRequest(purpose=purpose, path=path, hours=hours)
