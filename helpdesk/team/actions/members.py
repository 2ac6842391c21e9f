"""Who is in the team, and what as. The team always keeps an admin who can sign in."""

from __future__ import annotations

from django.db import transaction

from helpdesk.audit.actions import record
from helpdesk.outbox import links
from helpdesk.outbox.models import SecretLink
from helpdesk.team.notices import USER
from helpdesk.users.actors import Actor
from helpdesk.users.models import User
from helpdesk.users.roles import Role


class Oneself(Exception):
    """Nobody changes their own role or shuts themselves out: another admin has to."""


class NoAgent(Exception):
    """They are in the team no more: a contact only."""


class LastAdmin(Exception):
    """Nobody would be left to manage the team."""


@transaction.atomic
def change_role(user: User, role: str, *, by: Actor) -> None:
    """Raises Oneself, LastAdmin and NoAgent. The new role holds from the agent's next request on."""
    user = held(user, by, leaves_admins=role != Role.ADMIN)
    if not user.is_agent:
        raise NoAgent
    if user.role == role:
        return
    before, user.role = user.role, role
    user.save(update_fields=["role"])
    record("user.change_role", user, changes={"role": (before, role)}, by=by)


@transaction.atomic
def deactivate(user: User, *, by: Actor) -> None:
    """Shut the agent out at their next request; their links die. Raises Oneself, LastAdmin and NoAgent."""
    user = held(user, by, leaves_admins=True)
    if not user.is_agent:
        raise NoAgent
    if not user.is_active:
        return
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.end_sessions()
    links.revoke(USER, [user.pk], SecretLink.Purpose.RESET, SecretLink.Purpose.INVITE)
    record("user.deactivate", user, by=by)


@transaction.atomic
def reactivate(user: User, *, by: Actor) -> None:
    """Let the agent in again, with the password and role of before. Raises NoAgent."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_agent:
        raise NoAgent
    if user.is_active:
        return
    user.is_active = True
    user.save(update_fields=["is_active"])
    record("user.reactivate", user, by=by)


def held(user: User, by: Actor, *, leaves_admins: bool) -> User:
    """The agent as they stand now, locked together with all admins, so that two acts at once cannot cross."""
    if by.user is not None and by.user.pk == user.pk:
        raise Oneself
    admins = list(User.objects.select_for_update().filter(role=Role.ADMIN).order_by("pk"))
    user = User.objects.select_for_update().get(pk=user.pk)
    if leaves_admins and user.role == Role.ADMIN and not _others(admins, user):
        raise LastAdmin
    return user


def _others(admins: list[User], user: User) -> list[User]:
    return [admin for admin in admins if admin.pk != user.pk and admin.is_active and not admin.is_invited]
