"""A company's email domains, applied to those who were there before: shown first, then a job links them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from companies.models import Company
from contacts.acts import domains
from contacts.models import Contact
from contacts.queries.at_domains import Preview, domains_of, preview_of
from helpdesk.jobs.actions import NothingChosenError
from helpdesk.ui.once import once
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.roles import Permission


@allow(Permission.CONTACT_ACT_ON_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def apply_domains(request: SignedInRequest, company_pk: int) -> HttpResponse:
    """What was counted when the page was shown is what is done; where it has changed since, the page is shown again."""
    company = get_object_or_404(Company.objects.visible_to(request.user), pk=company_pk)
    if reason := _reason_against(company):
        messages.warning(request, reason)
        return redirect(company)
    found = preview_of(company, Contact.objects.visible_to(request.user))
    if request.method != "POST":
        return _page(request, company, found, status=200)
    if request.POST.get("seen") != found.seen:
        return _page(request, company, found, status=409)
    return _apply(request, company, found)


def _apply(request: SignedInRequest, company: Company, found: Preview) -> HttpResponse:
    contacts, others = Contact.objects.visible_to(request.user), "others" in request.POST
    try:
        return redirect(domains.apply_domains(company, contacts, others=others, by=request.actor))
    except NothingChosenError:
        messages.warning(request, _("Nobody was chosen, so nothing was changed."))
        return _page(request, company, found, status=422)


def _reason_against(company: Company) -> str:
    if company.deleted_at:
        return _("This company was deleted. Restore it to apply its email domains.")
    return "" if domains_of(company) else _("This company has no email domains yet.")


def _page(request: SignedInRequest, company: Company, found: Preview, *, status: int) -> HttpResponse:
    context = {
        "company": company,
        "domains": company.domains.all(),
        "found": found,
        "has_changed": status == 409,
        "others": "others" in request.POST,
    }
    return render(request, "contacts/apply_domains.html", context, status=status)
