"""Exports for tests: asked for as the page asks, written by the engine itself."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.http import QueryDict
from python_calamine import CalamineWorkbook

from helpdesk.exchange import store
from helpdesk.exchange.exporting.questions import Question
from helpdesk.exchange.exporting.starting import begin_export
from helpdesk.exchange.models import JobFile
from helpdesk.exchange.sheets import SHEETS
from helpdesk.jobs.models import Job
from helpdesk.users import actors
from helpdesk.users.models import User
from tests.jobs.test_engine import go

CODECS = {"csv": "utf-8-sig", "cp949": "cp949"}


def ask(by: User, query: str = "", *, sheet: str = "contacts", **told: Any) -> Job:
    """An export that waits for a worker."""
    known = SHEETS[sheet]
    asked = known.exporter.asked(QueryDict(query), by)
    question = {
        "fields": [field.name for field in known.fields() if field.is_preset],
        "format": "csv",
        "language": "en",
        "zone": "Asia/Seoul",
        "is_deleted": asked.is_deleted,
        **told,
    }
    return begin_export(asked, Question(sheet=sheet, query=query, **question), by=actors.person(by))


def exported(by: User, query: str = "", *, sheet: str = "contacts", **told: Any) -> Job:
    return go(ask(by, query, sheet=sheet, **told))


def data_of(job: Job) -> bytes:
    file = store.find(job, JobFile.Role.RESULT)
    assert file is not None, (job.state, job.error)
    return store.path_of(file).read_bytes()


def rows_of(job: Job) -> list[list[str]]:
    """The cells of the file, the header first, as they stand in it."""
    data, kind = data_of(job), job.params["format"]
    if kind == "xlsx":
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        return [[str(cell) for cell in row] for row in sheet.to_python()]
    return list(csv.reader(io.StringIO(data.decode(CODECS[kind]), newline="")))


def column(job: Job, title: str) -> list[str]:
    header, *rows = rows_of(job)
    return [row[header.index(title)] for row in rows]
