"""Where a timeline's events come from: each room registers plain objects in `ready()`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True)
class Edge:
    """How far a source has been read: the moment and the id of its last event shown."""

    at: datetime
    id: int


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a source is asked for: at most `limit` events about one thing, the newest first, all older than `after`.

    `kind` is one of the source's kinds, "" for all of them.
    """

    subject_kind: str
    subject_id: int
    kind: str
    after: Edge | None
    limit: int


@dataclass(frozen=True, kw_only=True)
class Event:
    """One entry: `template` shows it, with `told` and `event`. `id` with `at` tells it from its source's others.

    `tell` makes what is told: called for events that are shown only.
    """

    at: datetime
    id: int
    icon: str
    template: str
    tell: Callable[[], Any]


@dataclass(frozen=True, kw_only=True)
class TimelineSource:
    """`kinds`: what its events can be filtered by, code → label. `subjects`: of which things it tells, () for all.

    `events` answers with one query or none, by an index that begins anywhere: a page of ten thousand costs what one of
    ten costs. For taking everything away (`exporting`): `facts` of what was told, as JSON, and `files` of the events of
    these ids, name and text.
    """

    name: str
    kinds: Mapping[str, Words]
    events: Callable[[Asked], list[Event]]
    subjects: Collection[str] = ()
    facts: Callable[[Any], Mapping[str, Any]] | None = None
    files: Callable[[Collection[int]], Iterable[tuple[str, str]]] | None = None
    kinds_of: Mapping[str, Collection[str]] = field(default_factory=dict)

    def kinds_about(self, subject_kind: str) -> dict[str, Words]:
        """Its kinds that can happen to such a thing: `kinds_of` names those that happen to some things only."""
        return {
            kind: label
            for kind, label in self.kinds.items()
            if kind not in self.kinds_of or subject_kind in self.kinds_of[kind]
        }


SOURCES: dict[str, TimelineSource] = {}


def register(source: TimelineSource) -> TimelineSource:
    SOURCES[source.name] = source
    return source


def sources_about(subject_kind: str) -> list[TimelineSource]:
    return [source for source in SOURCES.values() if not source.subjects or subject_kind in source.subjects]
