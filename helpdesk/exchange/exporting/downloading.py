"""The file of an export, for whoever asked for it: on the job's page, and to take away."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from helpdesk.audit.actions import Target
from helpdesk.audit.reading import note_download
from helpdesk.exchange import store
from helpdesk.exchange.exporting.questions import CP949, CSV, XLSX, Question
from helpdesk.exchange.models import JobFile
from helpdesk.jobs.kinds import Panel
from helpdesk.jobs.models import Job
from helpdesk.jobs.states import State
from helpdesk.users.models import User

CONTENT_TYPES = {
    CSV: "text/csv; charset=utf-8",
    CP949: "text/csv; charset=euc-kr",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(request: HttpRequest, job: Job) -> HttpResponseBase:
    """The whole file, each time noted; nobody else's export exists for anybody. 410 once it is not kept any more."""
    if job.owner_id is None or job.owner_id != request.user.pk:
        raise Http404
    file = kept_file(job)
    if file is None:
        return render(request, "exchange/export_gone.html", {"job": job, "again_url": again_url(job)}, status=410)
    if request.method == "GET":
        note_download(Target(Job._meta.label_lower, job.pk, file.name), by=request.actor)  # type: ignore[attr-defined]
    kind = CONTENT_TYPES[Question.of(job).format]
    response = FileResponse(store.path_of(file).open("rb"), as_attachment=True, filename=file.name, content_type=kind)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Accept-Ranges"] = "none"
    return response


def kept_file(job: Job) -> JobFile | None:
    """The file while it is kept: written whole, not expired, still on the disk."""
    file = store.find(job, JobFile.Role.RESULT)
    if file is None or job.state != State.DONE or file.expires_at is None or file.expires_at <= timezone.now():
        return None
    return file if store.path_of(file).exists() else None


def panel(job: Job, user: User) -> Panel | None:
    """What the job's page shows of the file: to its owner the way to it, to others that it is not theirs."""
    kind, question = job.known_kind, Question.of(job)
    may = bool(kind and user.may(kind.permission))
    context = {
        "job": job,
        "file": kept_file(job),
        "is_mine": job.owner_id == user.pk,
        "may": may,
        "fields": [field.label for field in question.columns],
        "reason": question.reason,
        "losses": job.params.get("losses"),
        "again_url": again_url(job) if may and job.is_final else "",
        "has_no_rows": True,
    }
    return Panel("exchange/_export_panel.html", context)


def again_url(job: Job) -> str:
    """Where the same is asked for once more, of what the view holds by then; "" once the question was erased."""
    question = Question.of(job)
    if question.query is None:
        return ""
    address = reverse(f"{question.sheet}:export")
    return "?".join(filter(None, (address, "&".join(filter(None, (question.query, urlencode({"again": job.pk})))))))
