"""The first step of an import: a file. It is looked at before it becomes a draft; what is wrong with it is said in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from helpdesk.exchange import actions, queries, reading, repairing, store
from helpdesk.exchange.actions import Upload
from helpdesk.exchange.forms.imports import TOO_LARGE, UploadForm
from helpdesk.exchange.reading import FileRefused
from helpdesk.exchange.sheets import Sheet
from helpdesk.exchange.store import shown_name
from helpdesk.exchange.uploads import MOST_MEGABYTES, is_too_large, path_of
from helpdesk.jobs import chores
from helpdesk.jobs.changes import reason
from helpdesk.ui.once import once
from helpdesk.users.access import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: SignedInRequest, sheet: Sheet) -> HttpResponseBase:
    if request.method != "POST":
        return _page(request, sheet, UploadForm())
    form = UploadForm(request.POST, request.FILES, is_too_large=is_too_large(request))
    taken = _taken_in(form) if form.is_valid() else None
    if taken is None:
        return _page(request, sheet, form)
    answer = _begin(request, sheet, taken, repairing.headers_of(taken))
    store.leave(taken.file)
    return answer


def taken_in(form: UploadForm) -> Upload:
    """The file of a valid form, looked at and written to where it stays; FileRefused."""
    file = form.upload
    return actions.take_in(file.name or "", file.chunks(), reading.sniff(path_of(file), file.name or ""))


@require_safe
def show_running(request: SignedInRequest, sheet: Sheet) -> HttpResponse:
    """The part of the first page that says what is under way."""
    chores.look_in()
    return render(request, "exchange/_running.html", {"sheet": sheet, "running": queries.running(sheet, request.user)})


def _taken_in(form: UploadForm) -> Upload | None:
    """The file, looked at and written to where it stays; None, said in the form, where it cannot be read."""
    try:
        return taken_in(form)
    except FileRefused as refused:
        form.add_error("file", reason(refused.problem))
    return None


@once
def _begin(request: SignedInRequest, sheet: Sheet, taken: Upload, headers: Sequence[str]) -> HttpResponse:
    """Rows that failed in an import and come back repaired are known by their first column, and mapped as they were."""
    job = repairing.begin(sheet, taken, headers, by=request.actor)
    return redirect(f"{sheet.name}:import_map", job.pk)


def _name_of(request: SignedInRequest) -> str:
    """Of the file that was sent; "" where nothing was kept of it."""
    file = request.FILES.get("file")
    return shown_name(file.name or "") if file else ""


def _page(request: SignedInRequest, sheet: Sheet, form: UploadForm) -> HttpResponse:
    context: dict[str, Any] = {
        "sheet": sheet,
        "form": form,
        "refused_name": _name_of(request),
        "running": queries.running(sheet, request.user),
        "unfinished": queries.unfinished_of(sheet, request.user),
        "most_megabytes": MOST_MEGABYTES,
        "too_large": TOO_LARGE % {"limit": MOST_MEGABYTES},
    }
    return render(request, "exchange/upload.html", context, status=422 if form.is_bound else 200)
