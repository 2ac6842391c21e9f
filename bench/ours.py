"""Our side of the benchmarks: an import and an export as jobs, worked on here as a worker would."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.sheets import HEADERS

Act = Callable[[], int]


def importing(file: Path) -> Act:
    """What remains when somebody has uploaded the file, mapped its columns and pressed the button."""
    from helpdesk.exchange import actions, reading
    from helpdesk.exchange.sheets import SHEETS
    from helpdesk.jobs.actions import submit
    from helpdesk.jobs.models import Job
    from helpdesk.users.actors import system

    by, sheet = system("command"), SHEETS["contacts"]
    taken = actions.take_in(file.name, [file.read_bytes()], reading.sniff(file, file.name))
    job = actions.begin(sheet, taken, by=by)
    job.params |= {"columns": list(HEADERS), "choices": {"create_companies": True}}
    Job.objects.filter(pk=job.pk).update(params=job.params)
    submit(job, by=by)
    return partial(worked, job, "created", "updated")


def exporting(file: Path) -> Act:
    """The whole export, from the frozen selection on; a copy of what was made is left at `file`."""
    from django.http import QueryDict

    from helpdesk.exchange.exporting.questions import Question
    from helpdesk.exchange.exporting.starting import begin_export
    from helpdesk.exchange.sheets import SHEETS
    from helpdesk.users.actors import system

    sheet = SHEETS["contacts"]
    asked = sheet.exporter.asked(QueryDict(""), None)
    question = Question(
        sheet=sheet.name, query="", fields=tuple(HEADERS), format=file.suffix[1:], language="en", zone="Asia/Seoul"
    )

    def act() -> int:
        return worked(begin_export(asked, question, by=system("command")), "done")

    return act


def worked(job: Any, *outcomes: str) -> int:
    """Work on the job until it has ended; how many rows had one of these outcomes. Every row has its result."""
    from helpdesk.jobs import engine

    job.refresh_from_db()
    epoch = job.epoch
    while epoch is not None:
        epoch = engine.run(job.pk, epoch)
    job.refresh_from_db()
    assert job.is_final and job.state == "done", (job.state, job.error, job.totals)
    assert sum(job.totals.values()) == job.total
    return sum(job.totals.get(outcome, 0) for outcome in outcomes)
