"""The timeline of one thing: what its sources tell, merged by time, a page at a time.

Each source is asked for one page at most and goes on after the last of its events that was shown: the cursor keeps a
place for each. So nothing is shown twice or left out, however many events share a moment.
"""

from __future__ import annotations

import base64
import heapq
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from helpdesk.timeline.sources import Asked, Edge, Event, TimelineSource, Words, sources_about

PAGE_SIZE = 15
MOST_CHARACTERS = 2000  # of a cursor

Places = dict[str, Edge]
"""Source → how far it was read."""


@dataclass(frozen=True)
class Chip:
    label: Words
    url: str
    is_current: bool


@dataclass(frozen=True)
class Page:
    """Up to PAGE_SIZE events; `older` is the cursor of the next page, "" on the last."""

    events: list[Event]
    older: str


@dataclass(frozen=True)
class Timeline:
    """What the timeline of `subject` shows, read from an address; what that cannot say falls back to the beginning.

    `at_hand`: by source, its newest events (all of them, or more than a page), where a page has asked for them anyway.
    """

    subject: models.Model
    kind: str = ""
    before: str = ""
    at_hand: Mapping[str, list[Event]] = field(default_factory=dict)

    @classmethod
    def asked(cls, subject: models.Model, query: QueryDict, **at_hand: list[Event]) -> Timeline:
        known = {
            kind
            for source in sources_about(subject._meta.label_lower)
            for kind in source.kinds_about(subject._meta.label_lower)
        }
        kind = query.get("kind", "")
        return cls(subject, kind if kind in known else "", query.get("before", ""), at_hand)

    @property
    def chips(self) -> list[Chip]:
        about = self.subject._meta.label_lower
        kinds = {kind: label for source in self._sources for kind, label in source.kinds_about(about).items()}
        return [Chip(label, _url(kind=kind), kind == self.kind) for kind, label in {"": _("All"), **kinds}.items()]

    @property
    def older_url(self) -> str:
        return _url(kind=self.kind, before=self.page.older)

    @property
    def newest_url(self) -> str:
        return _url(kind=self.kind)

    @cached_property
    def page(self) -> Page:
        """One query a source."""
        places = decode(self.before)
        told = {source.name: self._told_by(source, places) for source in self._sources if self._wants(source)}
        by_time = heapq.merge(
            *([(event, name) for event in events] for name, events in told.items()),
            key=lambda pair: pair[0].at,
            reverse=True,
        )
        found = list(islice(by_time, PAGE_SIZE + 1))
        shown = found[:PAGE_SIZE]
        places |= {name: Edge(event.at, event.id) for event, name in shown}
        return Page([event for event, _name in shown], encode(places) if len(found) > PAGE_SIZE else "")

    @property
    def _sources(self) -> list[TimelineSource]:
        return sources_about(self.subject._meta.label_lower)

    def _wants(self, source: TimelineSource) -> bool:
        return not self.kind or self.kind in source.kinds

    def _told_by(self, source: TimelineSource, places: Places) -> list[Event]:
        """The next events of one source. One that has not been shown yet leaves out what happened since the first page."""
        known = self.at_hand.get(source.name)
        if known is not None and source.name not in places and (len(source.kinds) == 1 or not known):
            return _not_after(places, known[: PAGE_SIZE + 1])
        asked = Asked(
            subject_kind=self.subject._meta.label_lower,
            subject_id=self.subject.pk,
            kind=self.kind,
            after=places.get(source.name),
            limit=PAGE_SIZE + 1,
        )
        events = source.events(asked)
        return events if source.name in places else _not_after(places, events)


def _not_after(places: Places, events: list[Event]) -> list[Event]:
    latest = min((edge.at for edge in places.values()), default=None)
    return events if latest is None else [event for event in events if event.at <= latest]


def encode(places: Places) -> str:
    raw = json.dumps({name: [edge.at.isoformat(), edge.id] for name, edge in places.items()}, separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def decode(text: str) -> Places:
    """The cursor of an address; {} for none, and for one that was tampered with (the first page then)."""
    try:
        given = json.loads(base64.urlsafe_b64decode(text[:MOST_CHARACTERS] + "=" * (-len(text) % 4))) if text else {}
        return {name: _edge(*place) for name, place in given.items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _edge(at: Any, number: Any) -> Edge:
    moment = datetime.fromisoformat(at)
    if type(number) is not int or abs(number) >= 2**63 or moment.tzinfo is None or not 1900 < moment.year < 9000:
        raise ValueError(at)
    return Edge(moment, number)


def _url(**parameters: str) -> str:
    given: Mapping[str, str] = {name: value for name, value in parameters.items() if value}
    return f"?{urlencode(given)}" if given else "?"
