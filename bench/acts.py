"""`python -m bench.acts`: acts on a whole view, from the frozen selection to the last row, by the jobs' own engine.

100,000 contacts on SQLite and, where DATABASE_URL names a PostgreSQL server, there (a database of its own is made and
dropped). One worker, nothing beside it. Exit code 1 when tagging falls short of its target on PostgreSQL.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.letters import database_on

ROOT = Path(__file__).resolve().parent.parent
TAGGED_A_SECOND = 20_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        return work(arguments.contacts)
    with tempfile.TemporaryDirectory() as name:
        return max(in_child(*case, arguments.contacts) for case in cases(Path(name)))


def cases(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    yield "SQLite", {"HELPDESK_DATA_DIR": str(folder / "sqlite"), "DATABASE_URL": ""}
    server = os.environ.get("DATABASE_URL", "")
    if server.startswith("postgres"):
        with database_on(server) as url:
            yield "PostgreSQL", {"HELPDESK_DATA_DIR": str(folder / "pg"), "DATABASE_URL": url}


def in_child(title: str, env: dict[str, str], contacts: int) -> int:
    print(f"{title}, {contacts:,} contacts", flush=True)
    environment = {**os.environ, **env}
    if not env["DATABASE_URL"]:
        del environment["DATABASE_URL"]
    command = [sys.executable, "-m", "bench.acts", "--work", "--contacts", str(contacts)]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def work(contacts: int) -> int:
    """Fill the database, measure each act, and say whether the target was met."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    import django

    django.setup()
    from django.db import connection

    from bench.people import fill
    from companies.models import Company
    from contacts.acts import companies, standings, tags

    fill(contacts)
    company = Company.objects.order_by("pk").first()
    rate = measured("tag", tags.ADD, tags=["vip"])
    measured("tag with three, one of them new", tags.ADD, tags=["vip", "2026", "gold"])
    undone("undo that")
    measured("take the tag away", tags.REMOVE, tags=["vip"])
    measured("set the company", companies.COMPANY, company=company.pk if company else None, name="")
    undone("undo that")
    measured("block", standings.BLOCK)
    return int(connection.vendor == "postgresql" and rate < TAGGED_A_SECOND)


def measured(what: str, kind: Any, **params: Any) -> float:
    """Contacts a second, of all that are not deleted."""
    from contacts.models import Contact
    from helpdesk.jobs import actions
    from helpdesk.users import actors

    begun = time.perf_counter()
    present: Any = Contact.objects.filter(deleted_at=None)
    job = actions.start(kind, present, params=params, by=actors.system("command"))
    frozen = time.perf_counter() - begun
    return finished(job, what, begun, f", {frozen:.2f} s of it to freeze the selection")


def undone(what: str) -> None:
    from helpdesk.jobs import actions
    from helpdesk.jobs.models import Job
    from helpdesk.users import actors

    job, begun = Job.objects.latest("pk"), time.perf_counter()
    actions.undo(job, by=actors.system("command"))
    finished(job, what, begun, "")


def finished(job: Any, what: str, begun: float, more: str) -> float:
    """Work on the job as workers would, and print how it went."""
    from helpdesk.jobs import engine

    job.refresh_from_db()
    epoch = job.epoch
    while epoch is not None:
        epoch = engine.run(job.pk, epoch)
    seconds = time.perf_counter() - begun
    job.refresh_from_db()
    assert job.is_final and job.state != "failed", job.error
    assert job.rows.count() == job.total
    rate = job.total / seconds
    print(f"  {what:32} {rate:9,.0f} contacts/s ({job.total:,} in {seconds:.2f} s{more}; {job.counters})", flush=True)
    return float(rate)


if __name__ == "__main__":
    sys.exit(main())
