"""Who does something: a person, a visitor, or the system. Every verb takes one as `by`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from helpdesk.users.models import User
from helpdesk.users.roles import Permission

Kind = Literal["person", "visitor", "system"]


@dataclass(frozen=True, kw_only=True)
class Actor:
    """`user` for a person; `name` is what the log shows; `ip` and `request_id` where there was a request."""

    kind: Kind
    name: str
    user: User | None = None
    ip: str | None = None
    request_id: str = ""

    def may(self, permission: Permission) -> bool:
        if self.kind == "system":
            return True
        return self.user is not None and self.user.may(permission)


def person(user: User, *, ip: str | None = None, request_id: str = "") -> Actor:
    return Actor(kind="person", name=user.name or user.email, user=user, ip=ip, request_id=request_id)


def visitor(*, ip: str | None = None, request_id: str = "") -> Actor:
    """Somebody who is not signed in."""
    return Actor(kind="visitor", name="", ip=ip, request_id=request_id)


def system(name: Literal["command", "mail", "schedule", "demo"]) -> Actor:
    return Actor(kind="system", name=name)
