"""Run in a house: `python -m tests.faults.importing start ROWS` prints the job's id; `… cancel ID`, `… go_on ID`, `… deactivate`.

In each ten rows of the file one contact is updated, one stays as it is, one row fails, six contacts are made, and one of
these is updated again: by a row of the same file, which may lie in another chunk.
"""

from __future__ import annotations

import csv
import io
import sys
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from helpdesk.users.models import User

OUTCOMES = {"created": 6, "updated": 2, "skipped": 1, "failed": 1}
"""Of ten rows."""
OWNER = "owner@helpdesk.example"


def main(verb: str, *args: str) -> None:
    django.setup()
    if verb == "start":
        print(_start(int(args[0])))
    elif verb == "cancel":
        print(_cancel(int(args[0])))
    elif verb == "go_on":
        _go_on(int(args[0]))
    elif verb == "deactivate":
        _deactivate()


def rows_of(count: int, mark: str = "") -> list[tuple[str, str, str]]:
    """Name, email, title; `count` is a multiple of ten."""
    rows: list[tuple[str, str, str]] = []
    for block in range(count // 10):
        old = (f"Old {mark}{block}", f"old{mark}{block}@acme.example", "Changed")
        new = [(f"New {mark}{block}-{one}", f"new{mark}{block}-{one}@acme.example", "Fresh") for one in range(6)]
        rows += [old, old, (f"Bad {mark}{block}", "no address", ""), *new, (new[0][0], new[0][1], "Again")]
    return rows


def _start(count: int) -> int:
    """The contacts that the file changes are imported first, here and now."""
    from helpdesk.jobs.models import Job

    mark = f"{Job.objects.count()}."  # the import itself has a number higher by two
    first = _queued([(name, email, "Old") for name, email, _title in rows_of(count, mark)[::10]])
    _finish(first)
    return _queued(rows_of(count, mark))


def _queued(rows: list[tuple[str, str, str]]) -> int:
    from helpdesk.exchange import store
    from helpdesk.exchange.models import JobFile
    from helpdesk.jobs import actions
    from helpdesk.jobs.kinds import KINDS
    from helpdesk.users.actors import person

    out = io.StringIO()
    csv.writer(out).writerows([("Name", "Email", "Title"), *rows])
    dialect = {"kind": "csv", "encoding": "utf-8", "delimiter": ",", "worksheet": "", "header_row": 1}
    params = {"sheet": "contacts", "file": "a.csv", "dialect": dialect, "columns": ["name", "email", "job_title"]}
    by = person(_owner())
    job = actions.draft(KINDS["contacts.import"], params=params, by=by)
    store.adopt(job, JobFile.Role.SOURCE, "a.csv", store.arrive([out.getvalue().encode()]))
    actions.submit(job, by=by)
    return job.pk


def _finish(pk: int) -> None:
    from helpdesk.jobs import engine
    from helpdesk.jobs.models import Job

    epoch: int | None = Job.objects.get(pk=pk).epoch
    while epoch is not None:
        epoch = engine.run(pk, epoch)


def _owner() -> User:
    from helpdesk.users.models import User
    from tests.factories import make_admin

    return User.objects.filter(email=OWNER).first() or make_admin(email=OWNER)


def _cancel(pk: int) -> str:
    from helpdesk.jobs import actions
    from helpdesk.jobs.models import Job
    from helpdesk.users import actors

    actions.cancel(Job.objects.get(pk=pk), by=actors.system("command"))
    return Job.objects.get(pk=pk).state


def _go_on(pk: int) -> None:
    from helpdesk.jobs import actions
    from helpdesk.jobs.models import Job
    from helpdesk.users import actors

    actions.go_on(Job.objects.get(pk=pk), by=actors.system("command"))


def _deactivate() -> None:
    from helpdesk.users.models import User
    from tests.factories import make_admin

    make_admin(email="boss@helpdesk.example")
    User.objects.filter(email=OWNER).update(is_active=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
