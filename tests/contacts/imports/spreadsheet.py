"""Imports of contacts without a browser: rows written as a record file, the job driven by the engine itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from helpdesk.exchange import store
from helpdesk.exchange.models import JobFile
from helpdesk.jobs import actions, engine, kinds
from helpdesk.jobs.models import Job
from helpdesk.users import actors

BY = actors.system("command")
KIND = "contacts.import"

Cells = Sequence[str]


def make_job(
    columns: Sequence[str],
    rows: Sequence[Cells],
    *,
    faults: dict[int, str] | None = None,
    sheet: str = "contacts",
    **choices: Any,
) -> Job:
    """A draft import of these rows, numbered from 2 as below a header; the headers are the names of the fields."""
    headers = [name.upper() for name in columns]
    params: dict[str, Any] = {
        "sheet": sheet, "file": "고객.csv", "dialect": {}, "columns": list(columns), "choices": choices,
        "outline": {"rows": len(rows), "headers": headers, "broken": None},
    }  # fmt: skip
    answers = choices.pop("answers", None)
    if answers:
        params["answers"] = answers
    job = actions.draft(kinds.KINDS[f"{sheet}.import"], params=params, total=len(rows), by=BY)
    lines = (
        json.dumps([number, list(cells), (faults or {}).get(number, "")], ensure_ascii=False) + "\n"
        for number, cells in enumerate(rows, 2)
    )
    store.adopt(job, JobFile.Role.RECORDS, "records", store.arrive(line.encode() for line in lines))
    return job


def go(job: Job) -> Job:
    """Let the engine work until nothing is left to do now."""
    job.refresh_from_db()
    epoch: int | None = job.epoch
    while epoch is not None:
        epoch = engine.run(job.pk, epoch)
    job.refresh_from_db()
    return job


def run(job: Job) -> Job:
    actions.submit(job, by=BY)
    return go(job)


def review(job: Job) -> Job:
    actions.review(job, by=BY)
    return go(job)


def undo(job: Job) -> Job:
    actions.undo(job, by=BY)
    return go(job)


def import_rows(columns: Sequence[str], *rows: Cells, **choices: Any) -> Job:
    """Import these rows at once."""
    return run(make_job(columns, rows, **choices))


def outcomes(job: Job) -> list[str]:
    return list(job.rows.order_by("number").values_list("outcome", flat=True))


def predictions(job: Job) -> list[str]:
    return list(job.rows.order_by("number").values_list("predicted", flat=True))


def in_chunks_of(monkeypatch: Any, size: int) -> None:
    """How many rows one transaction takes."""
    kind = kinds.KINDS[KIND]
    monkeypatch.setitem(kinds.KINDS, KIND, type(kind)(**{**kind.__dict__, "batch": size}))


def problems(job: Job) -> list[dict[str, Any]]:
    """Of all rows, in their order."""
    return [one for row in job.rows.order_by("number") for one in row.problems or []]
