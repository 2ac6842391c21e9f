"""The people of a company, as its profile shows them."""

from __future__ import annotations

from dataclasses import dataclass

from companies.models import Company
from contacts.models import ContactQuerySet
from contacts.queries.listing import Listing, Row

MOST_SHOWN = 15


@dataclass(frozen=True)
class People:
    """The first few by name, and whether there are more."""

    rows: list[Row]
    is_more: bool


def people_of(company: Company, contacts: ContactQuerySet) -> People:
    page, _search = Listing(company=str(company.pk)).page(contacts)
    return People(list(page.rows[:MOST_SHOWN]), len(page.rows) > MOST_SHOWN)
