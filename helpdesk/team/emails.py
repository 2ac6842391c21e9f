"""The letters to agents: one function a letter. Nothing here decides whether to send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from django.conf import settings
from django.urls import reverse

from helpdesk.outbox.models import SecretLink
from helpdesk.outbox.posting import Letter, SecretLinkRequest
from helpdesk.outbox.writing import write
from helpdesk.team.notices import USER
from helpdesk.ui.languages import known_zone
from helpdesk.users.models import User
from helpdesk.users.roles import Role

RESET_HOURS = 24

Event = Literal["password_changed", "password_reset", "mfa_on", "mfa_off", "mfa_codes", "mfa_reset"]
"""What a security letter tells of."""


def invitation(user: User, *, cause: str, invited_by: str) -> Letter:
    """Lets a new agent choose a name and a password."""
    link = _link(SecretLink.Purpose.INVITE, "team:invitation", settings.ACTIVATION_HOURS)
    context = {"invited_by": invited_by, "role": Role(user.role).label}
    return _letter("invitation", user, cause=cause, link=link, context=context)


def password_reset(user: User, *, cause: str) -> Letter:
    """Lets an agent choose a new password."""
    link = _link(SecretLink.Purpose.RESET, "team:reset", RESET_HOURS)
    return _letter("password_reset", user, cause=cause, link=link)


def security(user: User, event: Event, *, cause: str, ip: str | None) -> Letter:
    """Says that the password or the two-step sign-in changed, and from where."""
    return _letter("security", user, cause=cause, context={"event": event, "ip": ip or ""})


def _letter(
    name: str,
    user: User,
    *,
    cause: str,
    link: SecretLinkRequest | None = None,
    context: Mapping[str, Any] | None = None,
) -> Letter:
    zone = known_zone(user.time_zone)
    sign_in_url = settings.BASE_URL + reverse("account_login")
    shown = {"name": user.name, "email": user.email, "sign_in_url": sign_in_url, **(context or {})}
    written = write(f"team/{name}", shown, language=user.language, time_zone=zone)
    return Letter(
        cause=cause,
        to_email=user.email,
        to_name=user.name,
        language=user.language,
        time_zone=zone,
        subject=written.subject,
        text=written.text,
        html=written.html,
        about=(USER, user.pk),
        link=link,
    )


def _link(purpose: str, view: str, hours: int) -> SecretLinkRequest:
    path = reverse(view, args=["TOKEN"]).replace("TOKEN", "{token}")
    return SecretLinkRequest(purpose=purpose, path=path, hours=hours)
