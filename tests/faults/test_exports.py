"""Exports under fire: whenever the worker is killed, the file has each contact once, and its owner gets one letter."""

from __future__ import annotations

import csv
from itertools import cycle

import pytest

from tests.faults.conftest import OpenHouse, Tell
from tests.faults.exporting import OWNER
from tests.faults.house import House, wait_until
from tests.faults.ledger import Line
from tests.faults.profile import LIMIT, rounds

pytestmark = [pytest.mark.processes, pytest.mark.timeout(LIMIT)]
MANY, BATCH = 60, 15
MOMENTS = ["jobs.before_commit", "exports.assembled", "jobs.after_commit"]
"""In a chunk; when the file is whole and nobody has been told; between two chunks."""


def test_kill_9_of_an_export(house: OpenHouse, tell: Tell) -> None:
    home = house(DJANGO_SETTINGS_MODULE="tests.jobapp.settings", JOBS_LEASE_SECONDS="2", HELPDESK_TEST_BATCH=str(BATCH))
    job, times = int(home.run("-m", "tests.faults.exporting", str(MANY))), rounds(2, 3)
    for _round, moment in zip(range(times), cycle(MOMENTS), strict=False):
        worker = home.worker(HELPDESK_FAULTPOINTS=f"{moment}=kill-all")
        wait_until(lambda worker=worker: worker.poll() is not None or ended(home, job), what="it dies", house=home)
        home.kill(worker)
    home.worker()
    wait_until(lambda: ended(home, job), what="the export ends", house=home)
    names = written(home, job)
    line = Line("export: worker killed (-9)", times, MANY, doubled=len(names) - len(set(names)))
    line.lost = MANY - len(set(names))
    tell(line)
    assert sorted(names) == [f"Contact {number:04}" for number in range(MANY)]
    assert home.query("SELECT to_email, notice FROM outbox_outgoingemail") == [(OWNER, "export_ready")]
    home.check()


def ended(home: House, job: int) -> bool:
    ((state,),) = home.query(f"SELECT state FROM jobs_job WHERE id = {job}")  # noqa: S608
    assert state not in ("failed", "cancelled"), home.log()
    return str(state) == "done"


def written(home: House, job: int) -> list[str]:
    ((path,),) = home.query(f"SELECT path FROM exchange_jobfile WHERE job_id = {job}")  # noqa: S608
    with (home.folder / "files" / "jobs" / path).open(encoding="utf-8-sig", newline="") as file:
        return [row["Name"] for row in csv.DictReader(file)]
