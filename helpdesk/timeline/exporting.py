"""Everything a timeline tells of one thing, to be taken away: source after source, however long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models

from helpdesk.timeline.sources import Asked, Edge, Event, TimelineSource, sources_about

AT_ONCE = 200  # events a query


def told(subject: models.Model) -> Iterator[tuple[TimelineSource, Iterator[dict[str, Any]]]]:
    """Each source, and what it tells as facts, the newest first."""
    for source in sources_about(subject._meta.label_lower):
        yield source, (fact for events in pages(source, subject) for fact in _facts(source, events))


def files(subject: models.Model) -> Iterator[tuple[str, str]]:
    """What sources have to give beside facts: the letters themselves."""
    for source in sources_about(subject._meta.label_lower):
        if source.files is not None:
            for events in pages(source, subject):
                yield from source.files([event.id for event in events])


def pages(source: TimelineSource, subject: models.Model) -> Iterator[list[Event]]:
    after: Edge | None = None
    kind, pk = subject._meta.label_lower, subject.pk
    while events := source.events(Asked(subject_kind=kind, subject_id=pk, kind="", after=after, limit=AT_ONCE)):
        yield events
        after = Edge(events[-1].at, events[-1].id)


def _facts(source: TimelineSource, events: list[Event]) -> Iterator[dict[str, Any]]:
    for event in events:
        facts = source.facts(event.tell()) if source.facts else {}
        yield {"at": event.at, "number": event.id, **facts}
