"""Imports for tests: of a CSV file as somebody uploaded it, reviewed by nobody, done as workers would."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from helpdesk.exchange import sheets, store
from helpdesk.exchange.models import JobFile
from helpdesk.jobs import actions
from helpdesk.jobs.kinds import KINDS
from helpdesk.jobs.models import Job
from helpdesk.users import actors
from helpdesk.users.models import User
from tests.jobs.test_engine import go

DIALECT = {"kind": "csv", "encoding": "utf-8", "delimiter": ",", "worksheet": "", "header_row": 1}
HEADERS = ("Name", "Email", "Mobile phone", "Memo")
COLUMNS = ("name", "email", "mobile_phone", "notes")
GOOD = ("Kim", "kim@acme.example", "010-1234-5678", "")
BAD = ("Lee", "lee at acme.example", "010-8765-4321", "=1+1")
"""Its email is none."""

ASKED: dict[str, Any] = {"name": "고객.csv", "headers": HEADERS, "columns": COLUMNS}


def queued(rows: Sequence[Sequence[str]], *, by: User, **asked: Any) -> Job:
    """An import of contacts in the queue; `asked`: other `name`, `headers`, `columns`, or further params."""
    told = {**ASKED, **asked}
    name, headers, columns = told.pop("name"), told.pop("headers"), told.pop("columns")
    params = {"sheet": "contacts", "file": name, "dialect": DIALECT, "columns": list(columns), **told}
    job = actions.draft(KINDS[sheets.SHEETS["contacts"].import_kind], params=params, by=actors.person(by))
    store.adopt(job, JobFile.Role.SOURCE, name, store.arrive([text_of([headers, *rows]).encode()]))
    actions.submit(job, by=actors.person(by))
    return job


def imported(rows: Sequence[Sequence[str]], *, by: User, **asked: Any) -> Job:
    """The same, done."""
    return go(queued(rows, by=by, **asked))


def text_of(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
