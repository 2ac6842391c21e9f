"""The list of contacts: which are shown, in which order, one page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from contacts.badges import Badge, badge_of
from contacts.models import VIEWS, Contact, ContactQuerySet, Membership
from contacts.notices import CONTACT, USER_ACTIVATION
from contacts.phones import format_phone
from contacts.queries.search import Search
from helpdesk.outbox.history import letters_about
from helpdesk.ui.paging import PAGE_SIZE, Cursor, Order, Page, beyond, decode, in_order, page_from
from helpdesk.ui.sorting import has_forbidden

LABELS: dict[str, str | Promise] = {
    "all": _("All contacts"),
    "unverified": _("Unverified contacts"),
    "verified": _("Verified contacts"),
    "blocked": _("Blocked contacts"),
    "deleted": _("Deleted contacts"),
}
SORTS: dict[str, str | Promise] = {"name": _("Name"), "newest": _("Newest"), "updated": _("Recently updated")}
ORDERS = {
    "name": Order("name", "name_key"),
    "newest": Order("newest", "pk", descending=True),
    "updated": Order("updated", "updated_at", descending=True, is_moment=True),
}
NO_COMPANY = "none"
LONGEST_SEARCH = 200
_COLUMNS = (
    "id", "name", "name_key", "job_title", "work_phone", "mobile_phone", "company_id", "verified_at", "blocked_at", "deleted_at",
    "updated_at",
)  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """One entry of a menu of the list."""

    label: str | Promise
    url: str
    is_current: bool


@dataclass(frozen=True)
class Row:
    """One contact as a line of a list; `phone` is shown, `dialled` stands behind `tel:`."""

    id: int
    url: str
    name: str
    job_title: str
    company: str
    company_url: str
    email: str
    phone: str
    dialled: str
    badge: Badge
    is_invitable: bool
    is_blocked: bool
    is_deleted: bool


class Rows(list[Row]):
    """Rows that stand apart from their list, and which of them are worth another look soon."""

    @property
    def waiting(self) -> list[int]:
        return [row.id for row in self if row.badge.is_waiting]


@dataclass(frozen=True)
class Listing:
    """What the list shows, read from its address; what an address cannot say falls back to the default.

    `company` is a company's id, NO_COMPANY, or "" for all.
    """

    view: str = "all"
    sort: str = "name"
    text: str = ""
    company: str = ""
    cursor: str = ""

    @classmethod
    def asked(cls, query: QueryDict) -> Listing:
        view, sort, text = query.get("view", ""), query.get("sort", ""), query.get("q", "").strip()
        return cls(
            view=view if view in VIEWS else "all",
            sort=sort if sort in SORTS else "name",
            text="" if has_forbidden(text) else text[:LONGEST_SEARCH],
            company=_company_filter(query.get("company", "")),
            cursor=query.get("cursor", ""),
        )

    @property
    def title(self) -> str | Promise:
        return LABELS[self.view]

    @property
    def views(self) -> list[Choice]:
        """Choosing a view begins without search and page."""
        return [Choice(label, _url(view=code, sort=self.sort), code == self.view) for code, label in LABELS.items()]

    @property
    def sorts(self) -> list[Choice]:
        return [
            Choice(label, replace(self, sort=code, cursor="").url, code == self.sort) for code, label in SORTS.items()
        ]

    @property
    def url(self) -> str:
        """The address of this list, on its first page unless there is a cursor."""
        return _url(view=self.view, sort=self.sort, q=self.text, company=self.company, cursor=self.cursor)

    @property
    def first_page_url(self) -> str:
        return replace(self, cursor="").url

    @property
    def whole_view_url(self) -> str:
        return _url(view=self.view, sort=self.sort)

    @property
    def any_company_url(self) -> str:
        return replace(self, company="", cursor="").url

    @property
    def no_company_url(self) -> str:
        return replace(self, company=NO_COMPANY, cursor="").url

    @property
    def is_narrowed(self) -> bool:
        """Whether fewer than the view's contacts may be shown."""
        return bool(self.text or self.company)

    @cached_property
    def chosen_company(self) -> Company | None:
        """The company the list is narrowed to, if there is such a company."""
        return Company.objects.filter(pk=self.company).first() if self.company.isdigit() else None

    def shown(self, contacts: ContactQuerySet) -> ContactQuerySet:
        """Those of `contacts` whom the view and the filter let through, before any search."""
        return contacts.filter(VIEWS[self.view], _of_company(self.company))

    def page(self, contacts: ContactQuerySet) -> tuple[Page, Search | None]:
        """One page of `contacts` as rows, and how a search went (None without one)."""
        order, shown = ORDERS[self.sort], self.shown(contacts)
        cursor = decode(self.cursor, order)
        if not self.text:
            return _as_rows(_page_of(shown, order, cursor)), None
        found = Search(shown, self.text, order)
        ids = found.next_ids(cursor, PAGE_SIZE + 1)
        lines = {line["id"]: line for line in _columns(shown.filter(pk__in=ids))}
        return _as_rows(page_from([lines[pk] for pk in ids if pk in lines], order, cursor, size=PAGE_SIZE)), found


def _page_of(shown: ContactQuerySet, order: Order, cursor: Cursor | None) -> Page:
    """The page's contacts are found first and joined then: together, the planner may merge all addresses with them."""
    backwards = cursor is not None and cursor.direction == "before"
    near = in_order(beyond(shown, order, cursor), order, backwards).values("pk")[: PAGE_SIZE + 1]
    lines = in_order(_columns(Contact.objects.filter(pk__in=near)), order, backwards)
    return page_from(list(lines), order, cursor, size=PAGE_SIZE)


def rows_of(contacts: QuerySet[Contact]) -> Rows:
    """A few contacts as rows, by name; two queries more for their letters."""
    return Rows(_rows(list(_columns(contacts.order_by("name_key", "pk")))))


def _columns(contacts: QuerySet[Contact]) -> Any:
    """The columns a row needs and the primary address, in one query and without models."""
    main = FilteredRelation("addresses", condition=Q(addresses__is_primary=True))
    named = contacts.annotate(main_address=main, company_name=F("company__name"))
    return named.values(*_COLUMNS, "company_name", email=F("main_address__email"))


def _as_rows(page: Page) -> Page:
    return replace(page, rows=_rows(page.rows))


def _rows(columns: Any) -> list[Row]:
    ids = [line["id"] for line in columns if not (line["verified_at"] or line["blocked_at"] or line["deleted_at"])]
    letters = letters_about(CONTACT, ids, notices=[USER_ACTIVATION.code]) if ids else {}
    return [_row(line, letters) for line in columns]


def _row(line: Mapping[str, Any], letters: Mapping[int, Any]) -> Row:
    states = {name: line[name] for name in ("verified_at", "blocked_at", "deleted_at")}
    email, typed = line["email"] or "", line["mobile_phone"] or line["work_phone"]
    return Row(
        id=line["id"],
        url=_address("contacts:show", line["id"]),
        name=line["name"],
        job_title=line["job_title"],
        company=line["company_name"] or "",
        company_url=_address("companies:show", line["company_id"]) if line["company_id"] else "",
        email=email,
        phone=format_phone(typed, settings.PHONE_REGION),
        dialled=typed,
        badge=badge_of(**states, has_email=bool(email), letter=letters.get(line["id"])),
        is_invitable=bool(email) and not any(states.values()),
        is_blocked=bool(line["blocked_at"]),
        is_deleted=bool(line["deleted_at"]),
    )


@cache
def _pattern(view: str) -> str:
    return reverse(view, args=[0])


def _address(view: str, pk: int) -> str:
    """The page of one thing; resolving sixty addresses a page costs more than asking the database for it."""
    return _pattern(view).replace("/0/", f"/{pk}/")


def _company_filter(given: str) -> str:
    is_id = given.isascii() and given.isdigit() and len(given) < 19
    return given if given == NO_COMPANY or is_id else ""


def _of_company(company: str) -> Q:
    """People of a company: those whose default it is, and those who have it as a further one."""
    if not company:
        return Q()
    if company == NO_COMPANY:
        return Q(company=None)
    further = list(Membership.objects.filter(company=int(company)).values_list("contact_id", flat=True)[:1000])
    return Q(company=int(company)) | Q(pk__in=further) if further else Q(company=int(company))


def _url(**parameters: str) -> str:
    standard = {"view": "all", "sort": "name"}
    given = {name: value for name, value in parameters.items() if value and value != standard.get(name)}
    return f"?{urlencode(given)}" if given else "?"
