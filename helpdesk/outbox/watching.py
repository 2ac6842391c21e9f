"""Rows of higher rooms that keep up with what becomes of letters, in the transaction that changes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from helpdesk.outbox.models import OutgoingEmail


@dataclass(frozen=True)
class Watcher:
    """`hold(ids)` locks the subjects before letters about them change, `keep_up(ids)` follows when they have.

    Asked wherever a letter is written, or ends without having been sent; that it left, as it should, is told to nobody:
    the statement that says so decides how fast letters go.
    """

    hold: Callable[[Collection[int]], object]
    keep_up: Callable[[Collection[int]], object]


WATCHERS: dict[str, Watcher] = {}
"""By the code of the notice whose letters are watched; rooms register theirs in `ready()`."""


@contextmanager
def watched(letters: Iterable[OutgoingEmail]) -> Iterator[None]:
    """What happens to `letters` inside, and what watchers make of it, is one transaction. Subjects are locked before letters."""
    subjects: dict[str, set[int]] = defaultdict(set)
    for letter in letters:
        if letter.notice in WATCHERS and letter.about_id is not None:
            subjects[letter.notice].add(letter.about_id)
    if not subjects:
        yield
        return
    with transaction.atomic(savepoint=False):
        for notice, ids in subjects.items():
            WATCHERS[notice].hold(ids)
        yield
        for notice, ids in subjects.items():
            WATCHERS[notice].keep_up(ids)
