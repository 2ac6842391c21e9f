"""The letters about a contact's portal sign-in: one function a letter. Nothing here decides whether to send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.urls import reverse

from contacts.models import Address, Contact
from contacts.notices import CONTACT
from contacts.queries.search import Search
from helpdesk.outbox.addressing import Addressee, letter_to, secret_link
from helpdesk.outbox.notices import Sample
from helpdesk.outbox.posting import Letter, SecretLinkRequest
from helpdesk.ui.house import house
from helpdesk.ui.languages import known_language, known_zone
from helpdesk.ui.paging import Order
from helpdesk.users.models import User

RESET_HOURS = 24
EXAMPLE = "name@example.com"
NEWEST = Order("newest", "pk", descending=True)


def activation(contact: Contact, address: Address, *, cause: str) -> Letter:
    """Invites to set the first password."""
    link = secret_link("activate", "portal:activate", house().activation_hours)
    return _letter("activation", contact, address.email, cause=cause, link=link)


def password_reset(contact: Contact, address: Address, *, cause: str) -> Letter:
    """Lets choose a new password."""
    link = secret_link("reset", "portal:reset", RESET_HOURS)
    return _letter("password_reset", contact, address.email, cause=cause, link=link)


def password_set(contact: Contact, address: Address, *, cause: str) -> Letter:
    """Says that the first password was set."""
    return _letter("password_set", contact, address.email, cause=cause)


def password_changed(contact: Contact, address: Address, *, cause: str, by_helpdesk: bool) -> Letter:
    """Says that the password is another one now; never the password itself."""
    return _letter("password_changed", contact, address.email, cause=cause, context={"by_helpdesk": by_helpdesk})


def primary_changed(contact: Contact, *, old: str, new: str, cause: str) -> list[Letter]:
    """Tells both addresses, in the same words, which one is the primary email now."""
    letter = _letter("primary_changed", contact, new, cause=f"{cause}:new", context={"old": old, "new": new})
    return [replace(letter, to_email=old, cause=f"{cause}:old"), letter]


def language_of(contact: Contact) -> str:
    """What the contact chose or was given, else the helpdesk's default."""
    chosen = contact.language or (contact.user.language if contact.user else "")
    return known_language(chosen)


def sample(search: str, reader: User) -> Sample | None:
    """The contact to preview a letter with: the first found, or the newest."""
    contacts = Contact.objects.visible_to(reader).present()
    if search:
        contacts = contacts.filter(pk__in=Search(contacts, search, NEWEST).next_ids(None, 1))
    contact = contacts.order_by("-pk").first()
    return sample_of(contact) if contact else None


def sample_of(contact: Contact) -> Sample:
    """This contact, to preview a letter with."""
    email = contact.addresses.filter(is_primary=True).values_list("email", flat=True).first() or EXAMPLE
    context = {"old": EXAMPLE, "new": email, **_shown(contact, email)}
    return Sample(name=contact.name, email=email, time_zone=known_zone(contact.time_zone), context=context)


def _letter(
    name: str,
    contact: Contact,
    to: str,
    *,
    cause: str,
    link: SecretLinkRequest | None = None,
    context: Mapping[str, Any] | None = None,
) -> Letter:
    somebody = Addressee(
        email=to,
        name=contact.name,
        language=language_of(contact),
        time_zone=contact.time_zone,
        about=(CONTACT, contact.pk),
    )
    return letter_to(somebody, f"contacts/{name}", {**_shown(contact, to), **(context or {})}, cause=cause, link=link)


def _shown(contact: Contact, to: str) -> dict[str, Any]:
    return {"name": contact.name, "email": to, "sign_in_url": settings.BASE_URL + reverse("portal:login")}
