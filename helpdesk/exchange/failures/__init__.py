"""Rows that failed, or were never reached, as a workbook to repair and to upload again: the original columns, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from helpdesk.exchange import store
from helpdesk.exchange.failures.workbook import Line, write
from helpdesk.exchange.models import JobFile
from helpdesk.exchange.reading import records
from helpdesk.exchange.reading.records import Record
from helpdesk.jobs.changes import reason
from helpdesk.jobs.models import Job
from helpdesk.ui.house import house

HEADER = pgettext_lazy("header of a column", "Reason of #%(job)s")
"""Names the import, so that the repaired file is known by it wherever it is uploaded."""
_header = re.compile(r"\s*(?:Reason of|실패 사유:?)\s*#(\d{1,18})\s*\Z", re.IGNORECASE)


def header_of(job: Job) -> str:
    """The head of the column with the reasons, in the reader's language."""
    return str(HEADER % {"job": job.pk})


def repaired_job(header: str) -> int | None:
    """Of which import a file with this header is the repair, in either language; None for every other header."""
    found = _header.match(header)
    return int(found[1]) if found else None


def has_records(job: Job) -> bool:
    return store.find(job, JobFile.Role.RECORDS) is not None


def file_name(job: Job, rows: str) -> str:
    """ "고객 (failed rows of #12).xlsx": beside the file it came from."""
    stem = str(job.params.get("file", "")).rpartition(".")[0] or str(job)
    what = (
        pgettext("name of a file", "failed rows")
        if rows == "failed"
        else pgettext("name of a file", "rows not reached")
    )
    return store.shown_name(f"{stem} ({what} #{job.pk}).xlsx")


def write_failed(job: Job, out: BinaryIO) -> None:
    """The failed rows of the job, each with its reason before the original cells, those at fault marked."""
    headers = _headers(job)
    lines = (_line(headers, record, problems) for record, problems in _failed(job))
    write(out, [header_of(job), *headers], lines, sheet=pgettext("name of a worksheet", "Failed"), author=house().name)


def write_missed(job: Job, out: BinaryIO) -> None:
    """The rows that the job never came to, as they stood in the file."""
    lines = (Line(["", *_fitted(record.cells, len(_headers(job)))]) for record in _records(job, job.cursor or 0))
    head = [header_of(job), *_headers(job)]
    write(out, head, lines, sheet=pgettext("name of a worksheet", "Not reached"), author=house().name)


def _failed(job: Job) -> Iterator[tuple[Record, Sequence[Mapping[str, Any]]]]:
    """Both the job's rows and the file's are in the order of their numbers: one pass over each."""
    rows = job.rows.filter(outcome="failed").order_by("number").values_list("number", "problems").iterator(2000)
    found = _records(job)
    for number, problems in rows:
        record = next((one for one in found if one.number >= number), None)
        if record is None:
            return
        if record.number == number:
            yield record, problems or []


def _line(headers: Sequence[str], record: Record, problems: Sequence[Mapping[str, Any]]) -> Line:
    cells = _fitted(record.cells, len(headers))
    marks: dict[int, str] = {}
    for problem in problems:
        for place in _places(headers, str(problem.get("column") or "")):
            marks[place + 1] = reason(problem)
    return Line([_reasons(headers, problems), *cells], marks)


def _reasons(headers: Sequence[str], problems: Iterable[Mapping[str, Any]]) -> str:
    """“이메일: …”: with the column in front, where one is at fault."""
    told = []
    for problem in problems:
        column, why = str(problem.get("column") or ""), reason(problem)
        told.append(_("%(column)s: %(reason)s") % {"column": column, "reason": why} if column in headers else why)
    return "\n".join(told)


def _places(headers: Sequence[str], column: str) -> list[int]:
    return [place for place, header in enumerate(headers) if column and header == column]


def _fitted(cells: Sequence[str], width: int) -> list[str]:
    """At least as many cells as there are headers; what a row has beyond them stays."""
    return [*cells, *[""] * (width - len(cells))]


def _records(job: Job, offset: int = 0) -> Iterator[Record]:
    file = store.find(job, JobFile.Role.RECORDS)
    return records.records(store.path_of(file), offset) if file else iter(())


def _headers(job: Job) -> list[str]:
    return [str(header) for header in job.params.get("outline", {}).get("headers", [])]
