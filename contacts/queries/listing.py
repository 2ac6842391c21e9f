"""The list of contacts: which are shown, in which order, one page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any, NamedTuple, cast

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from contacts.badges import Badge, badge_of
from contacts.models import VIEWS, Address, Contact, ContactQuerySet, Membership
from contacts.notices import CONTACT, USER_ACTIVATION
from contacts.phones import format_phone
from contacts.queries.search import Search
from contacts.queries.tags import tagged
from helpdesk.outbox.history import LatestLetter, letters_about
from helpdesk.ui.house import house
from helpdesk.ui.menus import LONGEST_SEARCH, SORTS, Choice, list_url, typed_search
from helpdesk.ui.paging import PAGE_SIZE, Cursor, Direction, Order, Page, beyond, decode, in_order, page_from
from helpdesk.ui.questions import Blank, Blanks, Question
from helpdesk.ui.sorting import has_forbidden
from helpdesk.users.models import User
from helpdesk.users.roles import Permission

LABELS: dict[str, str | Promise] = {
    "all": _("All contacts"),
    "unverified": _("Unverified contacts"),
    "verified": _("Verified contacts"),
    "blocked": _("Blocked contacts"),
    "deleted": _("Deleted contacts"),
}
ORDERS = {
    "name": Order("name", "name_key"),
    "newest": Order("newest", "pk", descending=True),
    "updated": Order("updated", "updated_at", descending=True, is_moment=True),
}
NO_COMPANY = "none"
_COLUMNS = (
    "id", "name", "name_key", "job_title", "work_phone", "mobile_phone", "company_id", "verified_at", "blocked_at", "deleted_at",
    "updated_at",
)  # fmt: skip


class Row(NamedTuple):
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
    """Rows, and which of them are worth another look soon."""

    @property
    def waiting(self) -> list[int]:
        return [row.id for row in self if row.badge.is_waiting]


@dataclass(frozen=True)
class Listing:
    """What the list shows, read from its address; what an address cannot say falls back to the default.

    `activation` is how far the invitation is (`Contact.Activation`), or "": asked among the unverified only. `company` is
    a company's id, NO_COMPANY, or "" for all; `tag` is a tag's name, or "".
    """

    view: str = "all"
    sort: str = "name"
    activation: str = ""
    text: str = ""
    company: str = ""
    tag: str = ""
    cursor: str = ""

    @classmethod
    def asked(cls, query: QueryDict) -> Listing:
        view, sort = query.get("view", ""), query.get("sort", "")
        return cls(
            view=view if view in VIEWS else "all",
            sort=sort if sort in SORTS else "name",
            activation=_activation_filter(view, query.get("activation", "")),
            text=typed_search(query),
            company=_company_filter(query.get("company", "")),
            tag=_tag_filter(query.get("tag", "")),
            cursor=query.get("cursor", ""),
        )

    @property
    def title(self) -> str | Promise:
        return LABELS[self.view]

    @property
    def views(self) -> list[Choice]:
        """Choosing a view begins without search and page."""
        return [Choice(label, list_url(view=code, sort=self.sort), code == self.view) for code, label in LABELS.items()]

    @property
    def activations(self) -> list[Choice]:
        """How far invitations may be, for the view of the unverified; none elsewhere. What else narrows the list stays."""
        if self.view != "unverified":
            return []
        labels = [("", _("All unverified")), *Contact.Activation.choices]
        return [
            Choice(label, replace(self, activation=code, cursor="").url, code == self.activation)
            for code, label in labels
        ]

    @property
    def whom(self) -> Q:
        """Whom the view shows, of them those whose invitation is so far."""
        return VIEWS[self.view] & Q(activation=self.activation) if self.activation else VIEWS[self.view]

    @cached_property
    def sorts(self) -> list[Choice]:
        return [
            Choice(label, replace(self, sort=code, cursor="").url, code == self.sort) for code, label in SORTS.items()
        ]

    @property
    def url(self) -> str:
        """The address of this list, on its first page unless there is a cursor."""
        narrowed = {"activation": self.activation, "q": self.text, "company": self.company, "tag": self.tag}
        return list_url(view=self.view, sort=self.sort, **narrowed, cursor=self.cursor)

    @property
    def first_page_url(self) -> str:
        return replace(self, cursor="").url

    @property
    def whole_view_url(self) -> str:
        return list_url(view=self.view, sort=self.sort)

    @property
    def any_company_url(self) -> str:
        return replace(self, company="", cursor="").url

    @cached_property
    def no_company_url(self) -> str:
        return replace(self, company=NO_COMPANY, cursor="").url

    @property
    def any_tag_url(self) -> str:
        return replace(self, tag="", cursor="").url

    @property
    def is_plain(self) -> bool:
        """Whether nothing that somebody typed or chose among many narrows it: there are a few such lists, each the same for all."""
        return not (self.text or self.company or self.tag)

    @property
    def plain(self) -> Listing:
        """Only what a list is chosen by among few."""
        return Listing(view=self.view, sort=self.sort, activation=self.activation)

    @property
    def is_narrowed(self) -> bool:
        """Whether fewer than the view's contacts may be shown."""
        return bool(self.activation or self.text or self.company or self.tag)

    @cached_property
    def chosen_company(self) -> Company | None:
        """The company the list is narrowed to, if there is such a company."""
        return Company.objects.filter(pk=self.company).first() if self.company.isdigit() else None

    def shown(self, contacts: ContactQuerySet) -> ContactQuerySet:
        """Those of `contacts` whom the view and the filter let through, before any search."""
        tags = tagged(self.tag) if self.tag else Q()
        return contacts.filter(self.whom, _of_company(self.company), tags)

    def page_for(self, user: User) -> tuple[Page, Search | None]:
        """`page` of the contacts `user` may see; where nothing typed narrows it, by a question that is kept."""
        if not (self.is_plain and user.may(Permission.CONTACT_VIEW)):
            return self.page(Contact.objects.visible_to(user))
        order = ORDERS[self.sort]
        cursor = decode(self.cursor, order)
        edge = {"value": cursor.value, "pk": cursor.pk} if cursor else {}
        found = _plain_page(self.plain, cursor.direction if cursor else None).ask(**edge)
        return _as_rows(page_from(found, order, cursor, size=PAGE_SIZE)), None

    def page(self, contacts: ContactQuerySet) -> tuple[Page, Search | None]:
        """One page of `contacts` as rows, and how a search went (None without one)."""
        order, shown = ORDERS[self.sort], self.shown(contacts)
        cursor = decode(self.cursor, order)
        if not self.text:
            return _as_rows(page_from(list(_lines_near(shown, order, cursor)), order, cursor, size=PAGE_SIZE)), None
        found = Search(shown, self.text, order)
        ids = found.next_ids(cursor, PAGE_SIZE + 1)
        lines = {line["id"]: line for line in _lines_of().ask(ids=ids)} if ids else {}
        return _as_rows(page_from([lines[pk] for pk in ids if pk in lines], order, cursor, size=PAGE_SIZE)), found


def _lines_near(shown: ContactQuerySet, order: Order, cursor: Cursor | None) -> QuerySet[Any, dict[str, Any]]:
    backwards = cursor is not None and cursor.direction == "before"
    return in_order(_lines(beyond(shown, order, cursor)), order, backwards)[: PAGE_SIZE + 1]


@cache
def _plain_page(listing: Listing, direction: Direction | None) -> Question:
    """Past the row with the sort value `value` and the id `pk`, or the first page; at most a hundred such questions exist."""
    order = ORDERS[listing.sort]
    shown = Contact.objects.known().filter(listing.whom)
    if direction is None:
        return Question(_lines_near(shown, order, None))
    fields = {field.name: field for field in Contact._meta.concrete_fields}
    value, pk = Blank("value", fields.get(order.field, Contact._meta.pk)), Blank("pk", Contact._meta.pk)
    return Question(_lines_near(shown, order, Cursor(direction, value, cast(int, pk))))


@cache
def _lines_of() -> Question:
    """The lines of contacts by their `ids`."""
    return Question(_lines(Contact.objects.filter(pk__any_of=Blanks("ids"))))


def rows_of(contacts: QuerySet[Contact]) -> Rows:
    """A few contacts as rows, by name; two queries more for their letters."""
    return _rows(list(_lines(contacts).order_by("name_key", "pk")))


def _lines(contacts: QuerySet[Contact]) -> QuerySet[Any, dict[str, Any]]:
    """The columns a row needs, its company's name and primary address, in one query and without models.

    Looked up line by line rather than joined: the planner might merge all addresses with the page's contacts (190 ms).
    """
    company = Company.objects.filter(pk=OuterRef("company")).order_by().values("name")
    email = Address.objects.filter(contact=OuterRef("pk"), is_primary=True).order_by().values("email")
    lines: QuerySet[Any, dict[str, Any]] = contacts.values(
        *_COLUMNS, company_name=Subquery(company), email=Subquery(email)
    )
    return lines


def _as_rows(page: Page) -> Page:
    return replace(page, rows=_rows(page.rows))


def _rows(columns: Any) -> Rows:
    ids = [line["id"] for line in columns if not (line["verified_at"] or line["blocked_at"] or line["deleted_at"])]
    letters = letters_about(CONTACT, ids, notices=[USER_ACTIVATION.code]) if ids else {}
    region = house().phone_region
    return Rows(_row(line, letters.get(line["id"]), region) for line in columns)


def _row(line: Mapping[str, Any], letter: LatestLetter | None, region: str) -> Row:
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
        phone=format_phone(typed, region),
        dialled=typed,
        badge=badge_of(**states, has_email=bool(email), letter=letter),
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


def _activation_filter(view: str, given: str) -> str:
    return given if view == "unverified" and given in Contact.Activation.values else ""


def _company_filter(given: str) -> str:
    is_id = given.isascii() and given.isdigit() and len(given) < 19
    return given if given == NO_COMPANY or is_id else ""


def _tag_filter(given: str) -> str:
    return "" if has_forbidden(given) else given.strip()[:LONGEST_SEARCH]


def _of_company(company: str) -> Q:
    """People of a company: those whose default it is, and those who have it as a further one."""
    if not company:
        return Q()
    if company == NO_COMPANY:
        return Q(company=None)
    further = list(Membership.objects.filter(company=int(company)).values_list("contact_id", flat=True)[:1000])
    return Q(company=int(company)) | Q(pk__in=further) if further else Q(company=int(company))
