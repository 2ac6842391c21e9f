"""The letters to agents: one function a letter. Nothing here decides whether to send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from helpdesk.outbox.addressing import Addressee, letter_to, secret_link
from helpdesk.outbox.models import SecretLink
from helpdesk.outbox.notices import Sample
from helpdesk.outbox.posting import Letter, SecretLinkRequest
from helpdesk.team.notices import USER
from helpdesk.ui.house import house
from helpdesk.ui.languages import known_zone
from helpdesk.users.actors import Actor
from helpdesk.users.models import User
from helpdesk.users.roles import Role

RESET_HOURS = 24
EXAMPLE_IP = "203.0.113.7"

Event = Literal[
    "password_changed",
    "password_reset",
    "mfa_on",
    "mfa_off",
    "mfa_codes",
    "mfa_reset",
    "email_changed",
    "agent_made",
    "agent_ended",
]
"""What a security letter tells of."""


def invitation(user: User, *, cause: str, invited_by: str) -> Letter:
    """Lets a new agent choose a name and a password."""
    link = secret_link(SecretLink.Purpose.INVITE, "team:invitation", house().activation_hours)
    context = {"invited_by": invited_by, "role": Role(user.role).label}
    return _letter("invitation", user, cause=cause, link=link, context=context)


def password_reset(user: User, *, cause: str) -> Letter:
    """Lets an agent choose a new password."""
    link = secret_link(SecretLink.Purpose.RESET, "team:reset", RESET_HOURS)
    return _letter("password_reset", user, cause=cause, link=link)


def confirm_email(user: User, new: str, *, cause: str) -> Letter:
    """Lets the mailbox at `new` say that it is the agent's."""
    link = secret_link(SecretLink.Purpose.CONFIRM, "profile:confirm_email_link", RESET_HOURS)
    return _letter("confirm_email", user, cause=cause, link=link, to=new)


def security(user: User, event: Event, *, cause: str, ip: str | None, to: str = "") -> Letter:
    """Says that the password, the two-step sign-in or the address changed, and from where; the last to the address of before.

    Or that somebody who is a contact, too, became an agent or is none any more: those sign in to the portal.
    """
    context = {
        "event": event,
        "ip": ip or "",
        "new_email": user.email,
        "role": Role(user.role).label if user.role else "",
    }
    if event == "agent_ended":
        context["sign_in_url"] = settings.BASE_URL + reverse("portal:login")
    return _letter("security", user, cause=cause, context=context, to=to)


def test(email: str, by: Actor, *, cause: str) -> Letter:
    """Says only that letters arrive."""
    somebody = Addressee(
        email=email,
        name="",
        language=by.user.language if by.user else house().language,
        time_zone=by.user.time_zone if by.user else "",
        about=(USER, by.user.pk if by.user else 0),
    )
    return letter_to(somebody, "team/test", {"name": by.name}, cause=cause)


def sample(search: str, reader: User) -> Sample | None:
    """The agent to preview a letter with: the first whose name or address has these words, or the newest."""
    found = Q(name__icontains=search) | Q(email__icontains=search) if search else Q()
    user = User.objects.agents().filter(found).order_by("-pk").first()
    if user is None:
        return None
    context = {
        **_shown(user),
        "invited_by": reader.name,
        "role": Role(user.role).label,
        "event": "password_changed",
        "ip": EXAMPLE_IP,
    }
    return Sample(name=user.name, email=user.email, time_zone=known_zone(user.time_zone), context=context)


def _letter(
    name: str,
    user: User,
    *,
    cause: str,
    link: SecretLinkRequest | None = None,
    context: Mapping[str, Any] | None = None,
    to: str = "",
) -> Letter:
    """To the agent's address unless another one is named; whoever reads it there is named that one."""
    to = to or user.email
    somebody = Addressee(
        email=to, name=user.name, language=user.language, time_zone=user.time_zone, about=(USER, user.pk)
    )
    shown = {**_shown(user), "email": to, **(context or {})}
    return letter_to(somebody, f"team/{name}", shown, cause=cause, link=link)


def _shown(user: User) -> dict[str, Any]:
    return {"name": user.name, "email": user.email, "sign_in_url": settings.BASE_URL + reverse("account_login")}
