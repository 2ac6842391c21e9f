"""The third step of an import: what would become of each row. Nothing is written until "Import"."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from helpdesk.exchange import actions, queries
from helpdesk.exchange.forms.imports import AnswersForm
from helpdesk.exchange.sheets import Sheet
from helpdesk.exchange.views.drafts import gone_on, own
from helpdesk.jobs import chores
from helpdesk.jobs.actions import NotPossibleError
from helpdesk.jobs.claims import LostError
from helpdesk.jobs.models import Job
from helpdesk.jobs.queries import IN_ORDER
from helpdesk.jobs.states import State
from helpdesk.ui.paging import decode
from helpdesk.users.access import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: SignedInRequest, sheet: Sheet, pk: int) -> HttpResponseBase:
    """`?outcome=` shows those rows only. POST: which names that differ in spelling only mean the same; tries all rows again."""
    chores.look_in()
    job = own(request, sheet, pk)
    if further := gone_on(sheet, job, "review"):
        return further
    answers = _answers(job, request.POST if request.method == "POST" else None)
    if answers.is_valid():
        with suppress(NotPossibleError, LostError):  # a second click
            actions.answer(job, answers.answers, by=request.actor)
        return redirect(f"{sheet.name}:import_review", job.pk)
    if job.state == State.REVIEWED:
        return _reviewed(request, sheet, job, answers)
    return render(request, "exchange/review.html", _moving(sheet, job))


@require_safe
def show_progress(request: SignedInRequest, sheet: Sheet, pk: int) -> HttpResponse:
    """The part of the page that moves; once all rows are tried, the whole page is due."""
    chores.look_in()
    job = own(request, sheet, pk)
    context = _moving(sheet, job)
    if request.htmx and request.GET.get("seen", "") != context["seen"]:
        return HttpResponseClientRefresh()
    return render(request, "exchange/_progress.html", context)


@require_POST
def start(request: SignedInRequest, sheet: Sheet, pk: int) -> HttpResponse:
    """ "Import": a second click finds it begun, and leads to its page just so.

    What is imported is what was seen: a page older than the last review, or answers that no review has heard of, import nothing.
    """
    job = own(request, sheet, pk)
    answers = _answers(job, request.POST)
    with suppress(NotPossibleError, LostError):
        if job.state == State.REVIEWED and request.POST.get("reviewed", str(job.epoch)) != str(job.epoch):
            messages.warning(
                request, _("This import was reviewed again meanwhile. Nothing is imported yet: look at the new review.")
            )
        elif job.state == State.REVIEWED and answers.is_valid() and answers.are_new:
            messages.warning(
                request, _("Your answers were not reviewed yet. Nothing is imported yet: look at the new review.")
            )
            actions.answer(job, answers.answers, by=request.actor)
        else:
            actions.start(job, by=request.actor)
    job.refresh_from_db()
    return redirect(f"{sheet.name}:import_review", job.pk) if queries.is_unfinished(job) else redirect(job)


@require_POST
def give_up(request: SignedInRequest, sheet: Sheet, pk: int) -> HttpResponse:
    """ "Cancel": nothing was imported, and the file is deleted."""
    job = own(request, sheet, pk)
    try:
        actions.give_up(job)
    except NotPossibleError:
        messages.error(request, _("This import has begun already. You can cancel it here."))
        return redirect(job)
    messages.success(request, _("The import is cancelled. Nothing was imported, and the file is deleted."))
    return redirect(f"{sheet.name}:import")


def _answers(job: Job, data: QueryDict | None) -> AnswersForm:
    return AnswersForm(job.params.get("spellings", []), job.params.get("answers", {}), data)


def _reviewed(request: SignedInRequest, sheet: Sheet, job: Job, answers: AnswersForm) -> HttpResponse:
    outcome = request.GET.get("outcome", "")
    cursor = decode(request.GET.get("cursor", ""), IN_ORDER)
    predicted = {name: job.predicted.get(name, 0) for name in ("created", "updated", "skipped", "failed")}
    context = {
        **_moving(sheet, job),
        "predicted": predicted,
        "outcome": outcome if outcome in predicted else "",
        "companies": job.params.get("companies", 0),
        "has_effect": predicted["created"] + predicted["updated"] > 0,
        "page": queries.reviewed_rows(sheet, job, outcome=outcome, cursor=cursor),
        "broken": job.params.get("outline", {}).get("broken"),
        "running": queries.running(sheet, request.user),
        "answers": answers,
    }
    return render(request, "exchange/review.html", context, status=422 if answers.is_bound else 200)


def _moving(sheet: Sheet, job: Job) -> dict[str, Any]:
    return {
        "sheet": sheet,
        "job": job,
        "progress": queries.review_progress(job),
        "seen": job.state,
    }
