"""The team as the admins' list shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from helpdesk.ui.sorting import name_key
from helpdesk.users.models import SignInPolicy, User
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


@dataclass(frozen=True)
class SecondSteps:
    """Whether every agent needs a second step, how many of how many active agents have one."""

    is_required: bool
    secured: int
    agents: int


def agents() -> QuerySet[User]:
    """Everybody who works here or did."""
    return User.objects.agents()


def team() -> list[Member]:
    """All agents by name, the deactivated ones last: two queries."""
    holders = _with_second_step()
    members = [_member(user, holders) for user in agents()]
    return sorted(members, key=lambda one: (one.standing is Standing.DEACTIVATED, name_key(one.user.name), one.user.pk))


def member(pk: int) -> Member | None:
    """One agent; None for customers and for nobody."""
    user = agents().filter(pk=pk).first()
    return _member(user, _with_second_step()) if user else None


def second_steps() -> SecondSteps:
    active = User.objects.agents().able_to_sign_in()
    return SecondSteps(
        is_required=SignInPolicy.objects.filter(requires_mfa=True).exists(),
        secured=active.filter(pk__in=_with_second_step()).count(),
        agents=active.count(),
    )


def permissions() -> list[tuple[Permission, list[bool]]]:
    """Each permission, and for each role (in their order) whether it holds it."""
    return [(permission, [permission in GRANTS[role] for role in Role]) for permission in Permission]


def _with_second_step() -> set[int]:
    """The users who sign in with an authenticator app, by id."""
    return set(Authenticator.objects.filter(type=Authenticator.Type.TOTP).values_list("user_id", flat=True))


def _member(user: User, holders: set[int]) -> Member:
    return Member(user, _standing(user), has_mfa=user.pk in holders)


def _standing(user: User) -> Standing:
    if not user.is_active:
        return Standing.DEACTIVATED
    return Standing.INVITED if user.is_invited else Standing.ACTIVE
