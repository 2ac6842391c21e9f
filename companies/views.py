"""The doors to companies."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from companies import actions
from companies.actions import DomainTakenError
from companies.forms import CompanyForm, domain_taken, saved
from companies.models import Company
from companies.queries import Listing
from helpdesk.audit.reading import note_search, note_view
from helpdesk.timeline import pages as notes
from helpdesk.timeline.queries import Timeline
from helpdesk.ui.conflicts import EditConflict, differences, version_in
from helpdesk.ui.once import once
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.roles import Permission


@allow(Permission.COMPANY_VIEW)
@require_safe
def list_companies(request: SignedInRequest) -> HttpResponse:
    listing = Listing.asked(request.GET)
    page = listing.page(Company.objects.visible_to(request.user))
    note_search(Company._meta.label_lower, listing.search, by=request.actor)
    context = {"listing": listing, "page": page}
    return render(request, "companies/list.html", context)


@allow(Permission.COMPANY_EDIT)
@once
def create_company(request: SignedInRequest) -> HttpResponse:
    form = CompanyForm(request.POST or None)
    if form.is_valid():
        try:
            company = actions.create_company(form.draft(), by=request.actor)
        except DomainTakenError as error:
            form.add_error("domains", domain_taken(error.domain, error.owner))
        else:
            messages.success(request, _("The company “%(company)s” was created.") % {"company": company.name})
            return redirect(company)
    return render(request, "companies/create.html", {"form": form}, status=_status(form))


@allow(Permission.COMPANY_VIEW)
@require_safe
def show_company(request: SignedInRequest, pk: int) -> HttpResponse:
    company = _company(request, pk)
    timeline = Timeline.asked(company, request.GET)
    if part := notes.part(request, timeline):
        return part
    note_view(company, by=request.actor)
    context = {"company": company, "domains": company.domains.all(), "timeline": timeline}
    return render(request, "companies/show.html", context)


@allow(Permission.COMPANY_EDIT)
def edit_company(request: SignedInRequest, pk: int) -> HttpResponse:
    company = _company(request, pk)
    if company.deleted_at and request.method != "POST":
        messages.warning(request, _("This company was deleted. Restore it to edit it."))
        return redirect(company)
    form = CompanyForm(request.POST or None, company=company)
    restores = "restore" in request.POST and request.user.may(Permission.COMPANY_DELETE)
    if form.is_valid() and (restores or not company.deleted_at):
        save = actions.restore_and_edit if restores else actions.edit_company
        try:
            save(company, form.draft(), version=version_in(request), by=request.actor)
        except DomainTakenError as error:
            form.add_error("domains", domain_taken(error.domain, error.owner))
        except EditConflict:
            return _show_conflict(request, _company(request, pk), form)
        else:
            messages.success(request, _("Saved."))
            return redirect(company)
    context = {"form": form, "company": company, "version": request.POST.get("version", company.version)}
    return render(request, "companies/edit.html", context, status=409 if company.deleted_at else _status(form))


@allow(Permission.COMPANY_DELETE)
def delete_company(request: SignedInRequest, pk: int) -> HttpResponse:
    company = _company(request, pk)
    if request.method != "POST":
        return render(request, "companies/delete.html", {"company": company})
    actions.delete_company(company, by=request.actor)
    messages.success(request, _("The company “%(company)s” was deleted.") % {"company": company.name})
    return redirect("companies:list")


@allow(Permission.COMPANY_DELETE)
@require_POST
def restore_company(request: SignedInRequest, pk: int) -> HttpResponseBase:
    company = _company(request, pk)
    actions.restore_company(company, by=request.actor)
    messages.success(request, _("The company “%(company)s” was restored.") % {"company": company.name})
    return redirect(company)


@allow(Permission.COMPANY_EDIT)
@once
def add_note(request: SignedInRequest, pk: int) -> HttpResponse:
    return notes.add(request, _company(request, pk))


@allow(Permission.COMPANY_EDIT)
def edit_note(request: SignedInRequest, pk: int, note_pk: int) -> HttpResponse:
    return notes.edit(request, _company(request, pk), note_pk)


@allow(Permission.COMPANY_EDIT)
def delete_note(request: SignedInRequest, pk: int, note_pk: int) -> HttpResponse:
    return notes.delete(request, _company(request, pk), note_pk)


def _company(request: SignedInRequest, pk: int) -> Company:
    return get_object_or_404(Company.objects.visible_to(request.user), pk=pk)


def _status(form: CompanyForm) -> int:
    return 422 if form.is_bound and form.errors else 200


def _show_conflict(request: SignedInRequest, company: Company, form: CompanyForm) -> HttpResponse:
    """The same page with both values of each field that differs; nothing differs after a double click."""
    found = differences(form, saved(company))
    if not found:
        return redirect(company)
    context = {"form": form, "company": company, "version": company.version, "differences": found}
    return render(request, "companies/edit.html", context, status=409)
