"""The list of companies, and what was done with one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.models import Company, CompanyQuerySet
from helpdesk.ui.menus import SORTS, Choice, list_url, typed_search
from helpdesk.ui.paging import Order, Page, decode, in_order, page_of

VIEWS: dict[str, str | Promise] = {"all": _("All companies"), "deleted": _("Deleted companies")}

_ORDERS = {
    "name": Order("name", "match_key"),
    "newest": Order("newest", "pk", descending=True),
    "updated": Order("updated", "updated_at", descending=True, is_moment=True),
}


@dataclass(frozen=True)
class Listing:
    """Which companies the list shows, read from its address; what an address cannot say falls back to the default."""

    view: str = "all"
    sort: str = "name"
    search: str = ""
    cursor: str = ""

    @classmethod
    def asked(cls, query: QueryDict) -> Listing:
        view, sort = query.get("view", ""), query.get("sort", "")
        return cls(
            view=view if view in VIEWS else "all",
            sort=sort if sort in SORTS else "name",
            search=typed_search(query),
            cursor=query.get("cursor", ""),
        )

    @property
    def title(self) -> str | Promise:
        return VIEWS[self.view]

    @property
    def views(self) -> list[Choice]:
        """The views to choose from; choosing one begins without search and page, and keeps the sort."""
        return [Choice(label, list_url(view=code, sort=self.sort), code == self.view) for code, label in VIEWS.items()]

    @property
    def sorts(self) -> list[Choice]:
        kept = {"view": self.view, "q": self.search}
        return [Choice(label, list_url(sort=code, **kept), code == self.sort) for code, label in SORTS.items()]

    def page(self, companies: CompanyQuerySet) -> Page:
        """One page of `companies`, with their domains: two queries."""
        order = _ORDERS[self.sort]
        return page_of(self._found(companies).prefetch_related("domains"), order, decode(self.cursor, order))

    def whole(self, companies: CompanyQuerySet) -> CompanyQuerySet:
        """Those of `companies` that all its pages show, in their order."""
        return in_order(self._found(companies), _ORDERS[self.sort], backwards=False)  # type: ignore[return-value]

    @property
    def url(self) -> str:
        """The address of this list, from its first page on."""
        return list_url(view=self.view, sort=self.sort, q=self.search)

    def _found(self, companies: CompanyQuerySet) -> CompanyQuerySet:
        shown = companies.deleted() if self.view == "deleted" else companies.present()
        return shown.found_by(self.search) if self.search else shown


def domains_by_owner(keys: Collection[str]) -> dict[str, Company]:
    """Which company each of these domains belongs to, deleted ones too: one query."""
    owners = Company.objects.filter(domains__domain__in=keys).prefetch_related("domains")
    return {domain.domain: owner for owner in owners for domain in owner.domains.all() if domain.domain in keys}
