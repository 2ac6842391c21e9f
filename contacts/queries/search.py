"""Finding contacts by what was typed, whatever the term, among a million (PRODUCT 3.14).

At most MOST_COUNTED + 1 ids come from the trigram index. Few hits are sorted; of many only a page is looked for
(`contacts.queries.crowds`). Measured in docs/benchmarks.md.
"""

from __future__ import annotations

from functools import cached_property, reduce
from operator import and_
from typing import Any

from django.db.models import Q

from contacts.models import ContactQuerySet
from contacts.queries.crowds import Crowd
from contacts.queries.words import wanted_by
from helpdesk.ui.paging import Cursor, Order

MOST_COUNTED = 1000


class Search:
    """What is looked for among `contacts`: every word of `text`."""

    def __init__(self, contacts: ContactQuerySet, text: str, order: Order) -> None:
        self.contacts, self.order = contacts, order
        self.wanted = wanted_by(text)

    @cached_property
    def q(self) -> Q:
        """What a contact must have; nobody has it where no word was typed."""
        return reduce(and_, (word.as_q() for word in self.wanted), Q()) if self.wanted else Q(pk=None)

    @cached_property
    def crowd(self) -> Crowd:
        return Crowd(self.contacts, self.wanted, self.order)

    @cached_property
    def hits(self) -> list[tuple[Any, int]]:
        """Sort value and id of the contacts found, in no order; more than MOST_COUNTED where there are more."""
        return self.crowd.first(MOST_COUNTED + 1)

    @property
    def count(self) -> int:
        return len(self.hits)

    @property
    def is_more(self) -> bool:
        """Whether there are more than are counted."""
        return len(self.hits) > MOST_COUNTED

    def next_ids(self, cursor: Cursor | None, limit: int) -> list[int]:
        """The next `limit` contacts found past the cursor, the nearest first."""
        if self.is_more:
            return self.crowd.page(cursor, limit, some=self.hits)
        return self._sorted_ids(cursor)[:limit]

    def _sorted_ids(self, cursor: Cursor | None) -> list[int]:
        """Sorted here: asked to sort these few ids, the planner would rather walk the whole index."""
        hits = self.hits
        downwards = self.order.descending != (cursor is not None and cursor.direction == "before")
        if cursor is not None:
            edge = self.crowd.place(cursor)
            hits = [hit for hit in hits if (hit < edge if downwards else hit > edge)]
        return [pk for _value, pk in sorted(hits, reverse=downwards)]
