"""A whole view as a question: exactly those whom the pages of a listing would show, one after the other."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from contacts.models import ContactQuerySet, Membership, Tagging
from contacts.queries.listing import NO_COMPANY, ORDERS, Listing
from contacts.queries.search import Search
from contacts.tag_names import tag_key


def whole_view(listing: Listing, contacts: ContactQuerySet) -> ContactQuerySet:
    """Those of `contacts` in the listing's view that its search and filters let through, in no order."""
    shown = contacts.filter(listing.whom, _of_company(listing.company), _tagged(listing.tag))
    return shown.filter(Search(shown, listing.text, ORDERS[listing.sort]).q) if listing.text else shown


def _of_company(company: str) -> Q:
    if not company:
        return Q()
    if company == NO_COMPANY:
        return Q(company=None)
    further = Membership.objects.filter(contact=OuterRef("pk"), company=int(company))
    return Q(company=int(company)) | Q(Exists(further))


def _tagged(name: str) -> Q:
    return Q(Exists(Tagging.objects.filter(contact=OuterRef("pk"), tag__key=tag_key(name)))) if name else Q()
