"""The team as the admins' list shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from helpdesk.ui.sorting import name_key
from helpdesk.users.models import User
from helpdesk.users.roles import GRANTS, Permission, Role


class Standing(Enum):
    """How an agent stands; the value is the word for it."""

    ACTIVE = _("Active")
    INVITED = _("Invited")
    DEACTIVATED = _("Deactivated")

    @property
    def badge(self) -> str:
        return {"ACTIVE": "success", "INVITED": "info", "DEACTIVATED": "muted"}[self.name]


@dataclass(frozen=True)
class Member:
    """An agent with what the list says about them."""

    user: User
    standing: Standing
    has_mfa: bool


def agents() -> QuerySet[User]:
    """Everybody who works here or did."""
    return User.objects.agents()


def team() -> list[Member]:
    """All agents by name, the deactivated ones last: one query."""
    members = [_member(user, user.has_mfa) for user in _with_mfa(agents())]
    return sorted(members, key=lambda one: (one.standing is Standing.DEACTIVATED, name_key(one.user.name), one.user.pk))


def member(pk: int) -> Member | None:
    """One agent; None for customers and for nobody."""
    user = _with_mfa(agents()).filter(pk=pk).first()
    return _member(user, user.has_mfa) if user else None


def permissions() -> list[tuple[Permission, list[bool]]]:
    """Each permission, and for each role (in their order) whether it holds it."""
    return [(permission, [permission in GRANTS[role] for role in Role]) for permission in Permission]


def _with_mfa(users: QuerySet[User]) -> QuerySet[User]:
    return users.annotate(has_mfa=Exists(Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)))


def _member(user: User, has_mfa: bool) -> Member:
    if not user.is_active:
        return Member(user, Standing.DEACTIVATED, has_mfa)
    return Member(user, Standing.INVITED if user.is_invited else Standing.ACTIVE, has_mfa)
