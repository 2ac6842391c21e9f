"""A letter to somebody: the words of a template, in their language and time zone, with a secret link where it takes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from helpdesk.outbox.posting import Letter, SecretLinkRequest
from helpdesk.outbox.writing import write
from helpdesk.ui.languages import known_language, known_zone


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """Whom a letter goes to, and whom it is `about`; an unknown language or zone becomes the helpdesk's."""

    email: str
    name: str
    language: str
    time_zone: str
    about: tuple[str, int]


def letter_to(
    somebody: Addressee, template: str, context: Mapping[str, Any], *, cause: str, link: SecretLinkRequest | None = None
) -> Letter:
    """`letters/{template}` with `context`."""
    language, zone = known_language(somebody.language), known_zone(somebody.time_zone)
    written = write(template, context, language=language, time_zone=zone)
    return Letter(
        cause=cause,
        to_email=somebody.email,
        to_name=somebody.name,
        language=language,
        time_zone=zone,
        subject=written.subject,
        text=written.text,
        html=written.html,
        about=somebody.about,
        link=link,
    )


def secret_link(purpose: str, view: str, hours: int) -> SecretLinkRequest:
    """Of the view that takes the token as its only argument."""
    path = reverse(view, args=["TOKEN"]).replace("TOKEN", "{token}")
    return SecretLinkRequest(purpose=purpose, path=path, hours=hours)
