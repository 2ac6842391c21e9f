"""Contacts as rows of texts: whom a list's address asks for, and a few thousand of them at a time by one question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.models import VIEWS, Contact, ContactQuerySet
from contacts.phones import format_phone
from contacts.queries.listing import NO_COMPANY, ORDERS, Listing
from contacts.queries.selections import whole_view
from helpdesk.exchange.cells import BETWEEN, MARK
from helpdesk.exchange.sheets import Asked, Exporter
from helpdesk.exchange.writing.asking import marked_digits, moment, rows_of, several, text
from helpdesk.ui.house import house
from helpdesk.ui.paging import in_order
from helpdesk.users.models import User

MOST_TICKED = 40
TICKED = "contact"

STATE = "CASE WHEN c.deleted_at IS NOT NULL THEN {} WHEN c.blocked_at IS NOT NULL THEN {} WHEN c.verified_at IS NOT NULL THEN {} ELSE {} END"
CONTACTS = """FROM contacts_contact c{joins}
    WHERE c.id {{ids}} AND c.merged_into_id IS NULL AND c.forgotten_at IS NULL AND c.deleted_at IS {deleted}"""


def rows(ids: Sequence[int], fields: Sequence[str], is_deleted: bool) -> list[str]:
    """A row for each of the ids that is still there and still deleted, or still not; unknown fields stay blank."""
    joins, cells = _joins(), _cells()
    source = CONTACTS.format(
        joins="".join(joins[name] for name in dict.fromkeys(_JOIN_OF[field] for field in fields if field in _JOIN_OF)),
        deleted="NOT NULL" if is_deleted else "NULL",
    )
    found = rows_of([cells.get(name, "") for name in fields], source, ids)
    region = house().phone_region
    return [_marked.sub(lambda phone: format_phone(phone[1], region), row) if MARK in row else row for row in found]


def asked(query: QueryDict, user: User | None) -> Asked:
    """Those whom the list at this address shows to `user`, on all its pages; or of them those who are ticked."""
    listing = Listing.asked(query)
    contacts = _everybody() if user is None else Contact.objects.visible_to(user)
    is_deleted = listing.view == "deleted"
    if chosen := _ticked(query):
        things = contacts.filter(pk__in=chosen, deleted_at__isnull=not is_deleted)
    else:
        things = whole_view(listing, contacts)
    return Asked(in_order(things, ORDERS[listing.sort], backwards=False), words(query), is_deleted)


def words(query: QueryDict) -> str:
    """ "Unverified contacts, search “kim”, tag “vip”"."""
    if _ticked(query):
        return _("only those ticked")
    listing = Listing.asked(query)
    parts = [str(listing.title)]
    if listing.activation:
        parts.append(str(Contact.Activation(listing.activation).label))
    if listing.text:
        parts.append(_("search “%(text)s”") % {"text": listing.text})
    if listing.company:
        parts.append(_company_words(listing))
    if listing.tag:
        parts.append(_("tag “%(tag)s”") % {"tag": listing.tag})
    return ", ".join(parts)


def counted(count: int) -> str:
    """ "1,204 contacts"."""
    said = ngettext("%(number)s contact", "%(number)s contacts", count)
    return said % {"number": number_format(count, force_grouping=True)}


def _everybody() -> ContactQuerySet:
    people: ContactQuerySet = Contact.objects.filter(merged_into=None, forgotten_at=None)
    return people


def _ticked(query: QueryDict) -> list[int]:
    given = query.getlist(TICKED)[:MOST_TICKED]
    return [int(pk) for pk in given if pk.isascii() and pk.isdigit() and len(pk) < 19]


def _company_words(listing: Listing) -> str:
    if listing.company == NO_COMPANY:
        return _("no company")
    company = listing.chosen_company
    return _("company “%(company)s”") % {"company": company.name if company else f"#{listing.company}"}


def _cells() -> Mapping[str, str]:
    """Each field as SQL."""
    state = STATE.format(*(text(word) for word in (_("Deleted"), _("Blocked"), _("Verified"), _("Unverified"))))
    return {
        "name": "c.name",
        "email": "coalesce(a.email, '')",
        "emails": "coalesce(e.names, '')",
        "job_title": "c.job_title",
        "department": "c.department",
        "work_phone": marked_digits("c.work_phone"),
        "mobile_phone": marked_digits("c.mobile_phone"),
        "company": "coalesce(f.name, '')",
        "other_companies": "coalesce(m.names, '')",
        "tags": "coalesce(t.names, '')",
        "language": "c.language",
        "time_zone": "c.time_zone",
        "address": "c.address",
        "external_id": "coalesce(c.external_id, '')",
        "notes": "c.notes",
        "state": state,
        "verified_at": moment("c.verified_at"),
        "created_at": moment("c.created_at"),
        "updated_at": moment("c.updated_at"),
    }


def _joins() -> Mapping[str, str]:
    """What stands in other tables, one row a contact."""
    return {
        "company": " LEFT JOIN companies_company f ON f.id = c.company_id",
        "address": " LEFT JOIN contacts_address a ON a.contact_id = c.id AND a.is_primary AND a.contact_id {ids}",
        "addresses": f""" LEFT JOIN (SELECT contact_id, {several("email")} AS names
            FROM (SELECT contact_id, email FROM contacts_address
            WHERE contact_id {{ids}} AND NOT is_primary ORDER BY contact_id, id) one
            GROUP BY contact_id) e ON e.contact_id = c.id""",  # noqa: S608 (our own words)
        "companies": f""" LEFT JOIN (SELECT contact_id, {several("name")} AS names
            FROM (SELECT b.contact_id, b.id, g.name FROM contacts_membership b JOIN companies_company g ON g.id = b.company_id
            WHERE b.contact_id {{ids}} ORDER BY b.contact_id, b.id) one GROUP BY contact_id) m ON m.contact_id = c.id""",  # noqa: S608
        "tags": f""" LEFT JOIN (SELECT contact_id, {several("name")} AS names
            FROM (SELECT b.contact_id, g.key, g.name FROM contacts_tagging b JOIN contacts_tag g ON g.id = b.tag_id
            WHERE b.contact_id {{ids}} ORDER BY b.contact_id, g.key) one GROUP BY contact_id) t ON t.contact_id = c.id""",  # noqa: S608
    }


_JOIN_OF = {
    "company": "company",
    "email": "address",
    "emails": "addresses",
    "other_companies": "companies",
    "tags": "tags",
}
_marked = re.compile(f"{MARK}([^{BETWEEN}]*)")

EXPORTER = Exporter(rows=rows, asked=asked, words=words, counted=counted, views=VIEWS)
