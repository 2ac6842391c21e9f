"""Asking for an export: the page says exactly what will be in it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from helpdesk.exchange.exporting.questions import Question
from helpdesk.exchange.exporting.starting import begin_export
from helpdesk.exchange.forms.exporting import ExportForm
from helpdesk.exchange.letters import is_announced
from helpdesk.exchange.sheets import Asked, Sheet
from helpdesk.jobs.actions import NothingChosenError
from helpdesk.jobs.models import Job
from helpdesk.ui.house import house
from helpdesk.ui.once import once
from helpdesk.users.access import SignedInRequest

NOT_ASKED = ("again", "cursor", "next")
LONGEST_QUERY = 4000


@require_http_methods(["GET", "HEAD", "POST"])
@once
def export(request: SignedInRequest, sheet: Sheet) -> HttpResponse:
    """What the list's own query string shows, or what is ticked in it; `again=7` begins with what job 7 was asked."""
    query = _query(request)
    asked = sheet.exporter.asked(query, request.user)
    count = asked.things.count()
    bound = request.POST if request.method == "POST" else None
    form = ExportForm(
        bound, sheet=sheet, count=count, needs_reason=house().export_reason, initial=_as_before(request, sheet)
    )
    if form.is_valid() and count:
        try:
            job = begin_export(asked, _question(sheet, query, asked, form), by=request.actor)
        except NothingChosenError:
            return _page(request, sheet, asked, 0, form)
        messages.success(request, _promise(request))
        return redirect(job)
    return _page(request, sheet, asked, count, form)


def _query(request: SignedInRequest) -> QueryDict:
    query = QueryDict(request.META.get("QUERY_STRING", "")[:LONGEST_QUERY], mutable=True)
    for name in NOT_ASKED:
        query.pop(name, None)
    return query


def _question(sheet: Sheet, query: QueryDict, asked: Asked, form: ExportForm) -> Question:
    return Question(
        sheet=sheet.name,
        query=query.urlencode(),
        fields=form.cleaned_data["columns"],
        format=form.cleaned_data["format"],
        language=translation.get_language() or "en",
        zone=timezone.get_current_timezone_name(),
        is_deleted=asked.is_deleted,
        reason=form.reason_given,
    )


def _as_before(request: SignedInRequest, sheet: Sheet) -> dict[str, Any]:
    """The fields and the format of the export that is run again, if the reader may see it."""
    pk = request.GET.get("again", "")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return {}
    job = Job.objects.visible_to(request.user).filter(pk=pk, kind=sheet.export_kind).first()
    return {"columns": job.params["fields"], "format": job.params["format"]} if job else {}


def _promise(request: SignedInRequest) -> str:
    if not is_announced():
        return _("We are preparing your file. Track it in Imports & exports.")
    words = _("We are preparing your file and will email %(address)s. Track it in Imports & exports.")
    return words % {"address": request.user.email}


def _page(request: SignedInRequest, sheet: Sheet, asked: Asked, count: int, form: ExportForm) -> HttpResponse:
    query = _query(request).urlencode()
    context = {
        "sheet": sheet,
        "form": form,
        "count": count,
        "counted": sheet.exporter.counted(count),
        "asked": asked,
        "address": request.get_full_path(),
        "back": reverse(f"{sheet.name}:list") + (f"?{query}" if query else ""),
        "is_by_age": count > sheet.exporter.batch,
        "days": house().export_days,
    }
    return render(request, "exchange/export.html", context, status=422 if form.is_bound and form.errors else 200)
