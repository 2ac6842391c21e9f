"""The list of contacts, and the parts of it that pages fetch."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from companies.models import Company
from contacts.actions.limits import TooMany
from contacts.forms.companies import label_of, suggested
from contacts.models import Contact
from contacts.notices import CONTACT
from contacts.queries.listing import Listing, rows_of
from contacts.queries.people import people_of
from contacts.queries.tags import suggested as suggested_tags
from contacts.views.choosing import chosen_ids
from helpdesk.audit.reading import note_search
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.roles import Permission

SLOWEST_REFRESH = 60


@allow(Permission.CONTACT_VIEW)
@require_safe
def list_contacts(request: SignedInRequest) -> HttpResponse:
    """The list; only its results where a search replaces them."""
    listing = Listing.asked(request.GET)
    page, search = listing.page_for(request.user)
    note_search(CONTACT, listing.text, by=request.actor)
    companies = Company.objects.visible_to(request.user)
    context = {
        "listing": listing,
        "page": page,
        "search": search,
        "companies": search.companies_among(companies) if search and not listing.cursor else [],
        "here": request.get_full_path(),
    }
    is_part = request.htmx and request.htmx.target == "results"
    return render(request, "contacts/_live.html" if is_part else "contacts/list.html", context)


@allow(Permission.CONTACT_VIEW)
@require_safe
def refresh_rows(request: SignedInRequest) -> HttpResponse:
    """Rows as they stand now, asked for by a page that waits for letters: ever more rarely."""
    try:
        ids = chosen_ids(request.GET)
    except TooMany:  # a page has no more rows
        return HttpResponse(status=400)
    chosen = Contact.objects.visible_to(request.user).filter(pk__in=ids)
    given = request.GET.get("wait", "")
    wait = min(2 * int(given), SLOWEST_REFRESH) if given.isascii() and given.isdigit() and len(given) < 4 else 2
    return render(request, "contacts/_refreshed.html", {"rows": rows_of(chosen), "wait": max(wait, 2)})


@allow(Permission.CONTACT_EDIT)
@require_safe
def suggest_companies(request: SignedInRequest) -> HttpResponse:
    """Company names for a text line, as the options of its list; what is typed comes under the line's own name."""
    typed = next((text for _name, text in request.GET.items() if isinstance(text, str) and text.strip()), "")
    labels = [label_of(company) for company in suggested(typed)]
    return render(request, "contacts/_company_names.html", {"labels": labels})


@allow(Permission.CONTACT_VIEW)
@require_safe
def suggest_tags(request: SignedInRequest) -> HttpResponse:
    """Tags in use for a text line, as the options of its list."""
    labels = suggested_tags(request.GET.get("tag", ""))
    return render(request, "contacts/_company_names.html", {"labels": labels})


@allow(Permission.CONTACT_VIEW)
@require_safe
def list_of_company(request: SignedInRequest, company_pk: int) -> HttpResponse:
    """The people of a company, for its profile."""
    company = get_object_or_404(Company.objects.visible_to(request.user), pk=company_pk)
    people = people_of(company, Contact.objects.visible_to(request.user))
    return render(request, "contacts/_of_company.html", {"company": company, "people": people})
