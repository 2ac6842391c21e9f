"""Forgetting somebody for good (PRODUCT 3.11): each room registers in `ready()` how it erases what it knows of a person.

Whoever is about to be forgotten is described by `Traces`: numbers, and the words by which they are known anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import connection

from helpdesk.users.mentions import Mentions

ERASED = "[erased]"
SHORTEST = 5
"""Characters: phones and numbers shorter than that occur in texts about others, too."""


@dataclass(frozen=True, kw_only=True)
class Traces:
    """Things `ids` of `kind` ("contacts.contact") and the sign-ins `users` are one person, to be forgotten.

    `names`, `emails` (keys and as written) and `numbers` (phones, external ids): those of now and before. `ips`: from
    where the record saw them. `naming`: acts whose lines about others name this person among what changed.
    """

    kind: str
    ids: Collection[int]
    users: Collection[int] = ()
    names: Collection[str] = ()
    emails: Collection[str] = ()
    numbers: Collection[str] = ()
    ips: Collection[str] = ()
    naming: Collection[str] = field(default=())

    @cached_property
    def words(self) -> list[str]:
        """All that tells the person wherever it stands."""
        numbers = [number for number in self.numbers if len(number) >= SHORTEST]
        return [word for word in dict.fromkeys([*self.names, *self.emails, *numbers]) if word]

    def are_in(self, text: str) -> bool:
        """Whether `text` mentions the person."""
        return self._all.are_in(text)

    def has_address(self, text: str) -> bool:
        """Whether one of the person's addresses stands in `text`."""
        return self._addresses.are_in(text)

    def without(self, text: str) -> str:
        """`text`, plain or HTML, where "[erased]" stands for each mention."""
        return self._all.replaced(text, ERASED)

    @cached_property
    def _all(self) -> Mentions:
        emails = {*self.emails}
        return Mentions([word for word in self.words if word not in emails], self.emails)

    @cached_property
    def _addresses(self) -> Mentions:
        return Mentions((), self.emails)


@dataclass(frozen=True, kw_only=True)
class Eraser:
    """`erase`: overwrite or delete what the room knows of these; called inside the transaction that forgets them."""

    name: str
    erase: Callable[[Traces], None]


ERASERS: dict[str, Eraser] = {}


def register(eraser: Eraser) -> Eraser:
    ERASERS[eraser.name] = eraser
    return eraser


def in_json(word: str) -> str:
    """`word` as it stands inside JSON that is plain ASCII."""
    return json.dumps(word)[1:-1]


def strings_in(value: object) -> Iterable[str]:
    """All text in something that was JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings_in(item)


def scrubbed(value: Any, is_about: Callable[[str], bool], *, spared: str = "") -> Any:
    """The same JSON with "[erased]" for each text that `is_about` the person; keys are ours, and so is what `spared` names."""
    if isinstance(value, str):
        return ERASED if is_about(value) else value
    if isinstance(value, list):
        return [scrubbed(item, is_about, spared=spared) for item in value]
    if isinstance(value, dict):
        return {
            name: item if name == spared else scrubbed(item, is_about, spared=spared) for name, item in value.items()
        }
    return value


def wipe_log() -> None:
    """On SQLite, empty the write-ahead log, which still holds the pages of before; left to later where somebody reads."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout")
            patience = cursor.fetchone()[0]
            cursor.execute("PRAGMA busy_timeout = 500")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute(f"PRAGMA busy_timeout = {int(patience)}")
