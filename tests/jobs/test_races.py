"""Several at the same moment: one wins."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from helpdesk.jobs import actions, claims, engine
from helpdesk.jobs.models import Job
from helpdesk.users import actors
from tests.jobkinds import SLOTTED, started
from tests.patience import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 6


def test_many_workers_claim_one_job_one_gets_it() -> None:
    job = started(3)
    won = together(lambda _number: claims.claim(job.pk, job.epoch) is not None)
    assert won.count(True) == 1
    job.refresh_from_db()
    assert (job.state, job.epoch) == ("running", 2)


def test_many_jobs_of_one_slot_claimed_at_once_one_begins() -> None:
    jobs = [started(1, kind=SLOTTED) for _job in range(CROWD)]
    won = together(lambda number: claims.claim(jobs[number].pk, jobs[number].epoch) is not None)
    assert won.count(True) == 1
    assert Job.objects.filter(state="running").count() == 1


def test_cancelled_by_many_while_it_runs_it_is_cancelled_once_and_adds_up() -> None:
    job = started(60)

    def press_or_work(number: int) -> bool:
        if number == 0:
            engine.run(job.pk, job.epoch)
            return False
        try:
            actions.cancel(Job.objects.get(pk=job.pk), by=actors.system("command"))
        except actions.NotPossibleError:
            return False
        return True

    together(press_or_work)
    engine.run(job.pk, Job.objects.get().epoch)
    job.refresh_from_db()
    assert job.state in ("cancelled", "done")
    assert job.rows.count() == sum(job.totals.values())


def together(act: Callable[[int], bool]) -> list[bool]:
    """What each of CROWD threads got, all let go at once."""
    gate, got = threading.Barrier(CROWD), list[bool]()

    def one(number: int) -> None:
        gate.wait(PATIENCE)
        try:
            got.append(act(number))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(CROWD)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return got
