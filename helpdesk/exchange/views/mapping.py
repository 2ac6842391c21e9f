"""The second step of an import: how the file is read, and what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from helpdesk.exchange import actions, mapping, queries, reading, store
from helpdesk.exchange.forms.imports import DialectForm, MapForm
from helpdesk.exchange.importing import FILE_GONE
from helpdesk.exchange.mapping import Match
from helpdesk.exchange.models import JobFile
from helpdesk.exchange.reading import Dialect, FileRefused, Sample, Sniffed
from helpdesk.exchange.sheets import Sheet
from helpdesk.exchange.views.drafts import gone_on, own
from helpdesk.jobs.actions import NotPossibleError
from helpdesk.jobs.claims import LostError
from helpdesk.jobs.models import Job
from helpdesk.users.access import SignedInRequest

ROWS = 5


@require_http_methods(["GET", "HEAD", "POST"])
def map_columns(request: SignedInRequest, sheet: Sheet, pk: int) -> HttpResponseBase:
    """GET with other `encoding`, `delimiter`, `worksheet`, `header_row` reads the sample anew; POST has all rows tried.

    Another worksheet has its column names where it has them, unless GET says otherwise.
    """
    job = own(request, sheet, pk)
    if further := gone_on(sheet, job, "map"):
        return further
    is_final = request.method == "POST"
    given: QueryDict = request.POST if is_final else request.GET
    reading_form = DialectForm(_seen(job), given)
    dialect = _dialect(job, reading_form)
    if not is_final and reading_form.is_header_row_stale:
        dialect = _looked_at(job, dialect)
    sample, problem = _sample(job, dialect)
    if sample is None:
        return _page(request, sheet, job, reading_form, dialect, problem=problem)
    matches, ticked = _matches(sheet, job, dialect, sample)
    form = MapForm(sheet, sample, matches, ticked, request.POST if is_final else None)
    if form.is_valid():
        with suppress(NotPossibleError, LostError):  # a second click: the review that the first began is shown
            _review(request, sheet, job, dialect, form)
        return redirect(f"{sheet.name}:import_review", job.pk)
    return _page(request, sheet, job, reading_form, dialect, form=form, sample=sample)


def _review(request: SignedInRequest, sheet: Sheet, job: Job, dialect: Dialect, form: MapForm) -> None:
    actions.review(
        sheet,
        job,
        dialect=dialect,
        headers=form.sample.headers,
        columns=form.columns,
        choices=form.choices,
        by=request.actor,
    )


def _seen(job: Job, dialect: Dialect | None = None) -> Sniffed:
    """What was found at the upload, with this dialect, else the one that was last reviewed."""
    return Sniffed.of({**job.params["seen"], "dialect": dialect.as_json() if dialect else job.params["dialect"]})


def _dialect(job: Job, form: DialectForm) -> Dialect:
    """As asked for, else as before."""
    if form.is_bound and form.is_valid():
        with suppress(ValueError):
            return form.dialect
    return Dialect.of(job.params["dialect"])


def _looked_at(job: Job, dialect: Dialect) -> Dialect:
    """The same worksheet, and the row that seems to name its columns; the first where nothing can be read."""
    file = store.find(job, JobFile.Role.SOURCE)
    with suppress(FileRefused):
        if file is not None:
            return reading.sniff(store.path_of(file), file.name, worksheet=dialect.worksheet).dialect
    return replace(dialect, header_row=1)


def _sample(job: Job, dialect: Dialect) -> tuple[Sample | None, Mapping[str, Any]]:
    """The first rows, or why there are none."""
    file = store.find(job, JobFile.Role.SOURCE)
    if file is None:
        return None, {"text": FILE_GONE, "params": {}}
    try:
        return reading.sample(store.path_of(file), dialect), {}
    except FileRefused as refused:
        return None, refused.problem


def _matches(sheet: Sheet, job: Job, dialect: Dialect, sample: Sample) -> tuple[list[Match], Mapping[str, bool]]:
    """As chosen in this import, else as the last time with such columns, else as recognised; and which ticks are set."""
    fields = [field for field in sheet.fields() if field.is_imported]
    count = len(sample.headers)
    if "columns" in job.params and job.params["dialect"] == dialect.as_json():
        chosen = mapping.remembered(job.params["columns"], fields, count)
        if chosen:
            return [Match(match.field, "chosen") for match in chosen], job.params.get("choices", {})
    last = queries.last_time(sheet, mapping.key_of_set(sample.headers))
    again = mapping.remembered(last.columns, fields, count) if last else None
    if last and again:
        return again, last.choices
    return mapping.recognise(sample.headers, sample.values, fields), {}


def _page(
    request: SignedInRequest,
    sheet: Sheet,
    job: Job,
    reading_form: DialectForm,
    dialect: Dialect,
    *,
    form: MapForm | None = None,
    sample: Sample | None = None,
    problem: Mapping[str, Any] | None = None,
) -> HttpResponse:
    file = store.find(job, JobFile.Role.SOURCE)
    if not reading_form.errors:
        reading_form = DialectForm(_seen(job, dialect))
    context = {
        "sheet": sheet,
        "job": job,
        "file": file,
        "reading_form": reading_form,
        "dialect": dialect,
        "form": form,
        "sample": sample,
        "mapped_count": sum(bool(column.field) for column in form.shown_columns) if form else 0,
        "rows": list(zip(sample.numbers, sample.rows, strict=True))[:ROWS] if sample else [],
        "notes": [*job.params["seen"].get("notes", []), *(sample.notes if sample else [])],
        "problem": problem,
    }
    is_refused = form is not None and form.is_bound
    return render(request, "exchange/map.html", context, status=422 if is_refused else 200)
