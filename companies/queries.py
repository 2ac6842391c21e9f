"""The list of companies, and what was done with one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.models import Company, CompanyQuerySet
from helpdesk.ui.paging import Order, Page, decode, page_of
from helpdesk.ui.sorting import has_forbidden

VIEWS: dict[str, str | Promise] = {"all": _("All companies"), "deleted": _("Deleted companies")}
SORTS: dict[str, str | Promise] = {"name": _("Name"), "newest": _("Newest"), "updated": _("Recently updated")}
LONGEST_SEARCH = 200

_ORDERS = {
    "name": Order("name", "match_key"),
    "newest": Order("newest", "pk", descending=True),
    "updated": Order("updated", "updated_at", descending=True, is_moment=True),
}


@dataclass(frozen=True)
class Choice:
    """One entry of a menu of this list."""

    label: str | Promise
    url: str
    is_current: bool


@dataclass(frozen=True)
class Listing:
    """Which companies the list shows, read from its address; what an address cannot say falls back to the default."""

    view: str = "all"
    sort: str = "name"
    search: str = ""
    cursor: str = ""

    @classmethod
    def asked(cls, query: QueryDict) -> Listing:
        view, sort, search = query.get("view", ""), query.get("sort", ""), query.get("q", "").strip()
        return cls(
            view=view if view in VIEWS else "all",
            sort=sort if sort in SORTS else "name",
            search="" if has_forbidden(search) else search[:LONGEST_SEARCH],
            cursor=query.get("cursor", ""),
        )

    @property
    def title(self) -> str | Promise:
        return VIEWS[self.view]

    @property
    def views(self) -> list[Choice]:
        """The views to choose from; choosing one begins without search and page, and keeps the sort."""
        return [self._choice(label, code == self.view, view=code, sort=self.sort) for code, label in VIEWS.items()]

    @property
    def sorts(self) -> list[Choice]:
        kept = {"view": self.view, "q": self.search}
        return [self._choice(label, code == self.sort, sort=code, **kept) for code, label in SORTS.items()]

    def _choice(self, label: str | Promise, is_current: bool, **query: str) -> Choice:
        standard = {"view": "all", "sort": "name", "q": ""}
        given = {name: value for name, value in query.items() if value != standard[name]}
        return Choice(label, f"?{urlencode(given)}", is_current)

    def page(self, companies: CompanyQuerySet) -> Page:
        """One page of `companies`, with their domains: two queries."""
        shown = companies.deleted() if self.view == "deleted" else companies.present()
        found = shown.found_by(self.search) if self.search else shown
        order = _ORDERS[self.sort]
        return page_of(found.prefetch_related("domains"), order, decode(self.cursor, order))


def domains_by_owner(keys: Collection[str]) -> dict[str, Company]:
    """Which company each of these domains belongs to, deleted ones too: one query."""
    owners = Company.objects.filter(domains__domain__in=keys).prefetch_related("domains")
    return {domain.domain: owner for owner in owners for domain in owner.domains.all() if domain.domain in keys}
