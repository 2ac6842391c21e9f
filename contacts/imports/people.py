"""A contact as an import sees it: plain values, which the planner changes and the writer compares with what stood before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from contacts.phones import phone_key
from helpdesk.ui.sorting import name_key

TEXTS = (
    "name", "job_title", "department", "work_phone", "mobile_phone", "language", "time_zone", "address", "external_id",
    "notes",
)  # fmt: skip

BEHIND_TYPED = "\x1f"
"""In the key of a phone without digits only."""


def typed_key(typed: str, name: str = "") -> str:
    """By what a phone without digits is looked for. So many have "ask at the desk" that a row's name, if it gives one, belongs to it."""
    return f"{typed}{BEHIND_TYPED}{name_key(name)}"


@dataclass(slots=True, eq=False)
class Person:
    """`ref`: the contact's id, or minus a number of one not yet made. Companies are numbered likewise.

    `emails` are key → as stored, the primary one first, then the others by age (as the database orders them); `ages` are all
    their keys by age. `tags` are key → name, in the order
    of their keys. `deleted_at` is ISO 8601.
    """

    ref: int
    texts: dict[str, str]
    emails: dict[str, str] = field(default_factory=dict)
    company: int | None = None
    others: list[int] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    version: int = 1
    deleted_at: str | None = None
    user: int | None = None
    is_agent: bool = False
    ages: list[str] = field(default_factory=list)
    is_new: bool = False
    was: Person | None = None
    """As it stood in the database, once it is changed; None of a new one."""

    @property
    def primary(self) -> str:
        """The key of the primary address; "" where there is none."""
        return next(iter(self.emails), "")

    def remember(self) -> None:
        """Before the first change: keep what stands."""
        if self.was is None and not self.is_new:
            self.was = Person(
                self.ref, dict(self.texts), dict(self.emails), self.company, list(self.others), dict(self.tags),
                self.version, self.deleted_at, ages=list(self.ages),
            )  # fmt: skip

    def phones(self, region: str) -> Iterator[str]:
        """By what its phones are looked for."""
        for name in ("work_phone", "mobile_phone"):
            if typed := self.texts[name]:
                if key := phone_key(typed, region):
                    yield key
                else:
                    yield from (typed_key(typed), typed_key(typed, self.texts["name"]))

    def keys(self, region: str) -> Iterator[str]:
        """By what a later row may find it, as `PlannedKey` writes it."""
        yield from (f"e:{key}" for key in self.emails)
        yield from (f"p:{key}" for key in self.phones(region))
        if external_id := self.texts["external_id"]:
            yield f"x:{external_id}"

    def as_state(self) -> list[Any]:
        """As JSON; `of_state` reads it."""
        return [
            [self.texts[name] for name in TEXTS], self.emails, self.company, self.others, self.tags, self.version,
            self.deleted_at, self.user, self.is_agent, self.ages,
        ]  # fmt: skip

    @classmethod
    def of_state(cls, ref: int, state: list[Any]) -> Person:
        texts, *others = state
        return cls(ref, dict(zip(TEXTS, texts, strict=True)), *others)
