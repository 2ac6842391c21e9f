"""An import that has not begun: whose it is, and which step is the next."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from helpdesk.exchange import queries
from helpdesk.exchange.sheets import Sheet
from helpdesk.jobs.models import Job
from helpdesk.jobs.states import State
from helpdesk.users.access import SignedInRequest


def own(request: SignedInRequest, sheet: Sheet, pk: int) -> Job:
    """An import of this record type that the reader uploaded; others' are 404, also for those who may see them run."""
    return get_object_or_404(Job.objects.filter(kind=sheet.import_kind, owner=request.user), pk=pk)


def gone_on(sheet: Sheet, job: Job, step: str) -> HttpResponse | None:
    """To where the import stands, if that is not this step ("map" or "review"); None to stay."""
    if not queries.is_unfinished(job):
        return redirect(job)
    if job.state == State.CANCELLED:
        return redirect(f"{sheet.name}:import")
    if step == "map" and job.state == State.REVIEWING:
        return redirect(f"{sheet.name}:import_review", job.pk)
    if step == "review" and job.state == State.DRAFT:
        return redirect(f"{sheet.name}:import_map", job.pk)
    return None
