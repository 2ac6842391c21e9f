"""From the page of an import: its failed rows, repaired, come back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from helpdesk.exchange import repairing, store
from helpdesk.exchange.actions import Upload
from helpdesk.exchange.forms.imports import UploadForm
from helpdesk.exchange.reading import FileRefused
from helpdesk.exchange.sheets import Sheet
from helpdesk.exchange.uploads import is_too_large
from helpdesk.exchange.views.uploading import taken_in
from helpdesk.jobs.actions import NotPossibleError
from helpdesk.jobs.changes import reason
from helpdesk.jobs.claims import LostError
from helpdesk.jobs.models import Job
from helpdesk.ui.once import once
from helpdesk.users.access import SignedInRequest


@require_POST
def repair(request: SignedInRequest, sheet: Sheet, pk: int) -> HttpResponseBase:
    """Straight to the review where the file still has all columns, else to the mapping; what is wrong with it is said on the page."""
    repaired = get_object_or_404(Job.objects.visible_to(request.user).filter(kind=sheet.import_kind), pk=pk)
    form = UploadForm(request.POST, request.FILES, is_too_large=is_too_large(request))
    try:
        if not form.is_valid():
            return _refused(request, repaired, " ".join(str(error) for error in form.errors.get("file", [])))
        taken = taken_in(form)
    except FileRefused as refused:
        return _refused(request, repaired, reason(refused.problem))
    answer = _begin(request, sheet, repaired, taken, repairing.headers_of(taken))
    store.leave(taken.file)
    return answer


@once
def _begin(
    request: SignedInRequest, sheet: Sheet, repaired: Job, taken: Upload, headers: Sequence[str]
) -> HttpResponse:
    job = repairing.begin(sheet, taken, headers, repairs=repaired, by=request.actor)
    with suppress(NotPossibleError, LostError):
        if repairing.review(sheet, job, headers, by=request.actor):
            return redirect(f"{sheet.name}:import_review", job.pk)
    return redirect(f"{sheet.name}:import_map", job.pk)


def _refused(request: SignedInRequest, job: Job, why: str) -> HttpResponse:
    messages.error(request, why)
    return redirect(job)
