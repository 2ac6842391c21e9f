"""What else follows a contact into a merge, back out of it, and out of the world: rooms register plain objects in `ready()`.

The contact's own fields, addresses, companies and sign-in are merged by the verb itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True, kw_only=True)
class Follower:
    """Rows about contacts, called `label` ("Notes"). All four are called inside the verb's transaction, contacts locked.

    `counts(ids)`: how many rows each of the contacts has that would move; contacts without any may be missing.
    `move(source, to)`: hand the rows of contact `source` over to contact `to`; returns, as JSON, what giving back needs.
    `restore(memo, source, holder)`: give them back from `holder` to `source`, leaving what people changed since; returns
    how many were left. `erase(ids)`: delete all that is known about these contacts, for good; returns how many rows.
    """

    name: str
    label: Words
    counts: Callable[[Collection[int]], Mapping[int, int]]
    move: Callable[[int, int], Any]
    restore: Callable[[Any, int, int], int]
    erase: Callable[[Collection[int]], int]


FOLLOWERS: dict[str, Follower] = {}


def register(follower: Follower) -> Follower:
    FOLLOWERS[follower.name] = follower
    return follower
