"""Finding contacts by what was typed, whatever the term, among a million (PRODUCT 3.14).

At most MOST_COUNTED + 1 ids come from the trigram index. Few hits are sorted; of many only a page is looked for
(`contacts.queries.crowds`). Measured in docs/benchmarks.md.
"""

from __future__ import annotations

from functools import cached_property, reduce
from operator import and_
from typing import Any

from django.db.models import Case, Q, When

from companies.models import Company, CompanyQuerySet
from contacts.models import ContactQuerySet
from contacts.queries.crowds import Crowd
from contacts.queries.words import wanted_by
from helpdesk.ui.paging import Cursor, Order
from helpdesk.ui.sorting import name_key

MOST_COUNTED = 1000
MOST_NAMED = 5  # companies beside the contacts found


class Search:
    """What is looked for among `contacts`: every word of `text`."""

    def __init__(self, contacts: ContactQuerySet, text: str, order: Order) -> None:
        self.contacts, self.order = contacts, order
        self.wanted, self._key = wanted_by(text), name_key(text)

    def companies_among(self, companies: CompanyQuerySet) -> list[Company]:
        """A few of these whose name has every word, those that begin as was typed first; one query, or none."""
        meant = [set(word.companies) for word in self.wanted if word.companies]
        if not meant:
            return []
        named = reduce(and_, (Q(name_key__contains=word.term.text) for word in self.wanted))
        begins = Case(When(name_key__startswith=self._key, then=0), default=1)
        found = companies.filter(named, pk__in=set.intersection(*meant))
        return list(found.only("name").order_by(begins, "match_key", "pk")[:MOST_NAMED])

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
