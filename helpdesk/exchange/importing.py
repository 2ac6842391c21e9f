"""Imports as a kind of job: convert the file once, then rows of it, chunk by chunk, by the sheet's own importer."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from helpdesk.audit.reading import note_download
from helpdesk.exchange import ahead, endings, failures, history, planning, store
from helpdesk.exchange.models import JobFile
from helpdesk.exchange.sheets import Importer, Sheet, Words
from helpdesk.jobs import claims
from helpdesk.jobs.kinds import Beat, JobError, JobKind, Row
from helpdesk.jobs.models import Job
from helpdesk.jobs.states import State

OUTCOMES: Mapping[str, Words] = {
    "created": _("Created"),
    "updated": _("Updated"),
    "skipped": _("Skipped"),
    "failed": _("Failed"),
    "restored": _("Restored"),
    "removed": _("Removed"),
    "left": _("Left as it is"),
}
FILE_GONE = gettext_noop("The file of this import is not kept any more.")


def import_kind(sheet: Sheet) -> JobKind:
    """To be registered by the app; one import of a record type runs at a time, others wait in the queue."""
    importer = sheet.importer
    if importer is None:
        raise ValueError(f"{sheet.name} cannot be imported")
    return JobKind(
        name=sheet.import_kind,
        label=sheet.words["import"],
        permission=sheet.import_permission,
        target=sheet.target,
        slot=f"import:{sheet.name}",
        batch=importer.batch,
        prepare=prepare,
        take=partial(take, importer),
        review=importer.review,
        work=importer.work,
        undo=importer.undo,
        outcomes=OUTCOMES,
        action=f"job.import_{sheet.name}",
        describe=file_name,
        summary=history.ended_words,
        ended=partial(_ended, importer),
        names=sheet.names,
        fields=lambda: {field.name: field.label for field in sheet.fields()},
        top="exchange/_of_job.html",
        titles=history.titles_of,
        panel=history.panel,
        unfinished=history.unfinished_url,
        has_source=history.has_records,
        undo_words=history.undo_words,
        download=download,
        written=("file", "outline", "answers", "spellings"),
        forget=forget,
    )


def _ended(importer: Importer, job: Job) -> None:
    ahead.drop()
    endings.ended(job)
    if importer.ended:
        importer.ended(job)


def prepare(job: Job, beat: Beat) -> None:
    """Convert the upload to the record file, unless that has been done for this dialect; JobError where it cannot be read."""
    from helpdesk.exchange import reading

    if "outline" in job.params and store.find(job, JobFile.Role.RECORDS):
        return
    source, out = _file(job, JobFile.Role.SOURCE), store.place(job, JobFile.Role.RECORDS)
    dialect = reading.Dialect.of(job.params["dialect"])
    try:
        outline = reading.convert(store.path_of(source), dialect, out, beat=lambda _rows: beat())
        sha256 = store.sha256_of(out, beat)
        beat()  # it is still ours
    except reading.FileRefused as refused:
        out.unlink(missing_ok=True)
        raise JobError(refused.problem["text"], **refused.problem["params"]) from None
    store.keep(job, JobFile.Role.RECORDS, f"{source.name}.jsonl", out, sha256=sha256)
    job.total = outline.rows
    claims.note(job, outline=outline.as_json())
    Job.objects.filter(pk=job.pk).update(total=job.total)


def take(importer: Importer, job: Job, limit: int) -> Sequence[Row]:
    """The next rows; at the end of a file that breaks in the middle the job, unless it only reviews, ends as failed."""
    path = store.path_of(_file(job, JobFile.Role.RECORDS))
    found = ahead.take(ahead.Place(path, job.cursor or 0, limit, job.epoch), importer.reader(job))
    broken = job.params["outline"].get("broken")
    if not found and broken and job.state != State.REVIEWING:
        raise JobError(broken["text"], **broken["params"])
    return found


def download(request: HttpRequest, job: Job) -> HttpResponseBase:
    """`?rows=failed`: what failed, to be repaired; `?rows=missed`: what was never reached. 404 once the file is gone."""
    write = {"failed": failures.write_failed, "missed": failures.write_missed}.get(request.GET.get("rows", ""))
    if write is None or not failures.has_records(job):
        raise Http404
    out = tempfile.TemporaryFile()  # noqa: SIM115 (closed by the answer)
    write(job, out)
    out.seek(0)
    by = request.actor  # type: ignore[attr-defined]
    note_download(job, by=by)
    answer = FileResponse(out, as_attachment=True, filename=failures.file_name(job, request.GET["rows"]))
    answer["Cache-Control"], answer["X-Content-Type-Options"] = "private, no-store", "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def forget(job: Job) -> None:
    """Delete its files, whole, and what its review remembers: it cannot go on, nor can its rows be downloaded."""
    store.drop(job)
    planning.forget(job)


def file_name(job: Job) -> str:
    return str(job.params.get("file", ""))


def _file(job: Job, role: JobFile.Role) -> JobFile:
    file = store.find(job, role)
    if file is None:
        raise JobError(FILE_GONE)
    return file


def placed(columns: Sequence[str]) -> Mapping[str, list[int]]:
    """Field → its columns (counted from 0), as the job's `columns` say."""
    where: dict[str, list[int]] = {}
    for number, name in enumerate(columns):
        if name:
            where.setdefault(name, []).append(number)
    return where


def problem(text: str, *, column: str = "", value: str = "", **params: Any) -> dict[str, Any]:
    """What a row failed over, as its JobRow keeps it: the reason (marked), the column's header, the cell."""
    return {"text": text, "params": params, "column": column, "value": value[:500]}
