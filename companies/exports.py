"""Companies as rows of texts: which a list's address asks for, and a few thousand of them at a time by one question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.domains import display_domain
from companies.models import Company, CompanyQuerySet
from companies.queries import VIEWS, Listing
from helpdesk.exchange.cells import BETWEEN, MARK
from helpdesk.exchange.sheets import Asked, Exporter
from helpdesk.exchange.writing.asking import marked, moment, rows_of, several
from helpdesk.users.models import User

COMPANIES = "FROM companies_company c{joins} WHERE c.id {{ids}} AND c.deleted_at IS {deleted}"


def rows(ids: Sequence[int], fields: Sequence[str], is_deleted: bool) -> list[str]:
    """A row for each of the ids that is still there and still deleted, or still not; unknown fields stay blank."""
    cells = _cells()
    joins = _domains() if "domains" in fields else ""
    source = COMPANIES.format(joins=joins, deleted="NOT NULL" if is_deleted else "NULL")
    found = rows_of([cells.get(name, "") for name in fields], source, ids)
    return [_marked.sub(lambda domain: display_domain(domain[1]), row) if MARK in row else row for row in found]


def asked(query: QueryDict, user: User | None) -> Asked:
    """Those that the list at this address shows to `user`, on all its pages."""
    listing = Listing.asked(query)
    companies: CompanyQuerySet = Company.objects.all() if user is None else Company.objects.visible_to(user)
    return Asked(listing.whole(companies), words(query), listing.view == "deleted")


def words(query: QueryDict) -> str:
    """ "All companies, search “hanbit”"."""
    listing = Listing.asked(query)
    found = _("search “%(text)s”") % {"text": listing.search} if listing.search else ""
    return ", ".join(filter(None, (str(listing.title), found)))


def counted(count: int) -> str:
    """ "40 companies"."""
    said = ngettext("%(number)s company", "%(number)s companies", count)
    return said % {"number": number_format(count, force_grouping=True)}


def _cells() -> Mapping[str, str]:
    """Each field as SQL. Phones are kept as typed: of a company's nobody asks which country they are of."""
    return {
        "name": "c.name",
        "phone": "c.phone",
        "address": "c.address",
        "notes": "c.notes",
        "domains": "coalesce(d.names, '')",
        "created_at": moment("c.created_at"),
        "updated_at": moment("c.updated_at"),
    }


def _domains() -> str:
    return f""" LEFT JOIN (SELECT company_id, {several(marked("domain"))} AS names
        FROM (SELECT * FROM companies_companydomain WHERE company_id {{ids}} ORDER BY company_id, id) one
        GROUP BY company_id) d ON d.company_id = c.id"""  # noqa: S608 (our own words)


_marked = re.compile(f"{MARK}([^{BETWEEN};]*)")

EXPORTER = Exporter(rows=rows, asked=asked, words=words, counted=counted, views=VIEWS)
