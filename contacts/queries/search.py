"""Finding contacts by what was typed, whatever the term, among a million (PRODUCT 3.14).

At most MOST_COUNTED + 1 ids come from the trigram index. Few hits are sorted; of many only a page is looked for
(`contacts.queries.crowds`). Measured in docs/benchmarks.md.
"""

from __future__ import annotations

from functools import cached_property, reduce
from operator import and_
from typing import Any

from django.db.models import Q

from companies.models import Company
from contacts.models import ContactQuerySet
from contacts.queries.crowds import Wanted, page_ids
from contacts.searching import Term, search_terms
from helpdesk.ui.paging import Cursor, Order

MOST_COUNTED = 1000
MOST_COMPANIES = 1000


class Search:
    """What is looked for among `contacts`: every word of `text`."""

    def __init__(self, contacts: ContactQuerySet, text: str, order: Order) -> None:
        self.contacts, self.order = contacts, order
        self.wanted = [Wanted(term, _companies(term)) for term in search_terms(text)]

    @cached_property
    def q(self) -> Q:
        """What a contact must have; nobody has it where no word was typed."""
        return reduce(and_, (word.as_q() for word in self.wanted), Q()) if self.wanted else Q(pk=None)

    @cached_property
    def hits(self) -> list[tuple[Any, int]]:
        """Sort value and id of the contacts found, in no order; MOST_COUNTED + 1 of them where there are more."""
        found = self.contacts.filter(self.q).order_by().values_list(self.order.field, "pk")
        return list(found[: MOST_COUNTED + 1])

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
            return page_ids(self, cursor, limit)
        return _sorted_ids(self.hits, self.order, cursor)[:limit]


def _sorted_ids(hits: list[tuple[Any, int]], order: Order, cursor: Cursor | None) -> list[int]:
    """Sorted here: asked to sort these few ids, the planner would rather walk the whole index."""
    backwards = cursor is not None and cursor.direction == "before"
    downwards = order.descending != backwards
    if cursor is not None:
        edge = (cursor.pk if order.field == "pk" else cursor.value, cursor.pk)
        hits = [hit for hit in hits if (hit < edge if downwards else hit > edge)]
    return [pk for _value, pk in sorted(hits, reverse=downwards)]


def _companies(term: Term) -> list[int]:
    """The companies a word means; numbers and addresses mean none."""
    if "@" in term.text or not any(map(str.isalpha, term.text)):
        return []
    begins = Q(name_key__startswith=term.text) | Q(name_key__contains=f" {term.text}")
    named = Q(name_key__contains=term.text) if term.is_anywhere else begins
    return list(Company.objects.present().filter(named).order_by("pk").values_list("pk", flat=True)[:MOST_COMPANIES])
