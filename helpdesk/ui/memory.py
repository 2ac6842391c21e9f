"""What a process remembers of small tables that every request or letter needs, so that none asks the database for them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import transaction

T = TypeVar("T")


class Memory(Generic[T]):
    """The answer of `ask`, asked again when it is older than `seconds`.

    Whoever changes what it is about calls `forget`: this process knows at once, the others after `seconds` at most.
    """

    def __init__(self, ask: Callable[[], T], *, seconds: float) -> None:
        self._ask, self._seconds = ask, seconds
        self._known: tuple[float, T] | None = None

    def get(self) -> T:
        known = self._known
        if known is None or known[0] < time.monotonic():
            known = (time.monotonic() + self._seconds, self._ask())
            self._known = known
        return known[1]

    def forget(self) -> None:
        """Ask anew: now, and once more when the change is committed and everybody can see it."""
        self._drop()
        transaction.on_commit(self._drop)

    def hold(self, value: T) -> None:
        """Know `value` until something is forgotten."""
        self._known = (float("inf"), value)

    def _drop(self) -> None:
        self._known = None
