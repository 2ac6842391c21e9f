"""Jobs under fire: workers killed at the worst moments, stopped, doubled, or not there at all."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator

import pytest
import redis

from tests import jobkinds
from tests.faults import jobbing
from tests.faults.conftest import OpenHouse, Tell
from tests.faults.house import House, wait_until
from tests.faults.ledger import Line
from tests.faults.profile import LIMIT, LONG, ROUNDS, SEED
from tests.faults.test_letters import dead_broker
from tests.faults.watching import Watch
from tests.patience import PATIENCE

__all__ = ["dead_broker"]  # a fixture

pytestmark = [pytest.mark.processes, pytest.mark.timeout(LIMIT)]
LEASE = 2.0
ROWS = 200  # in chunks of ten
ENVIRONMENT = {"DJANGO_SETTINGS_MODULE": "tests.jobapp.settings", "JOBS_LEASE_SECONDS": str(LEASE)}
POINTS = ("jobs.claimed", "jobs.before_commit", "jobs.after_commit", "jobs.released")


@pytest.fixture
def home(house: OpenHouse) -> Iterator[House]:
    yield house(**ENVIRONMENT)


def test_kill_9_in_the_middle(home: House, tell: Tell) -> None:
    chance = random.Random(SEED)
    job = started(home)
    with Watch(lambda: done(home)) as watch:
        worker = home.worker(**SLOW)
        for number in range(1, ROUNDS + 1):
            goal = ROWS * number // (ROUNDS + 2)
            wait_until(lambda goal=goal: done(home) >= goal, what="rows are done", house=home)
            time.sleep(chance.uniform(0, 0.05))
            home.kill(worker)
            worker, before = home.worker(**SLOW), done(home)
            wait_until(lambda before=before: goes_on(home, before), what="it goes on", house=home)
        wait_until(lambda: state(home) == "done", what="the job ends", house=home)
    rows = int(home.query("SELECT count(*) FROM jobs_jobrow")[0][0])
    twice = int(home.query("SELECT count(*) FROM companies_company WHERE notes = 'xx'")[0][0])
    stall = watch.stall
    tell(Line("worker killed (-9) in a job", ROUNDS, ROWS, doubled=twice, lost=ROWS - rows, stall=stall))
    settled(home, job)
    assert stall < 30 or not LONG  # where nobody else has the machine


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_the_worst_moments(home: House, point: str) -> None:
    job = started(home)
    slow = "" if point != "jobs.released" else ",jobs.after_commit=sleep:0.6"  # longer than one slice
    first = home.worker(HELPDESK_FAULTPOINTS=f"{point}=kill-all{slow}")
    assert first.wait(PATIENCE) == -signal.SIGKILL
    home.worker()
    settled(home, job)


@pytest.mark.parametrize("point", ["jobs.after_commit", "jobs.before_commit"])
def test_one_stopped_past_its_lease_writes_nothing_when_it_wakes(home: House, point: str) -> None:
    if point == "jobs.before_commit" and not os.environ.get("DATABASE_URL"):
        pytest.skip("SQLite has one writer: whoever stops inside a transaction stops everybody")
    job = started(home)
    sleeper = home.worker(HELPDESK_FAULTPOINTS=f"{point}=sleep:1")
    wait_until(lambda: state(home) == "running", what="it runs", house=home)
    wait_until(lambda: done(home) > 0, what="rows are done", house=home)
    time.sleep(0.3)  # asleep at the point
    home.freeze(sleeper)
    stopped_at = done(home)
    home.worker()
    wait_until(lambda: done(home) > stopped_at, what="the other goes on", house=home)
    home.signal(sleeper, signal.SIGCONT)
    settled(home, job)
    time.sleep(1.5)
    settled(home, job)


def test_two_workers_and_the_same_job(house: OpenHouse) -> None:
    home = house(**ENVIRONMENT, WORKER_PROCESSES="2")
    home.worker()
    home.worker()
    settled(home, started_and_rung(home))


def test_cancel_works_with_no_worker_alive_and_frees_the_slot(home: House) -> None:
    started(home, kind="tests.slotted")
    worker = home.worker(HELPDESK_FAULTPOINTS="jobs.after_commit=sleep:2")
    wait_until(lambda: done(home) > 0, what="rows are done", house=home)
    home.kill(worker)
    assert home.run("-m", "tests.faults.jobbing", "cancel", str(only(home))).strip() == "cancelled"
    assert 0 < done(home) < ROWS
    home.check()
    second = started(home, kind="tests.slotted")
    home.worker()
    settled(home, second)


def test_cancel_and_kill_at_once(home: House) -> None:
    job, worker = started(home), home.worker(HELPDESK_FAULTPOINTS="jobs.after_commit=sleep:2")
    wait_until(lambda: done(home) > 0, what="rows are done", house=home)
    home.run("-m", "tests.faults.jobbing", "cancel", str(job))
    home.kill(worker)
    assert state(home) == "cancelled"
    assert done(home) < ROWS
    home.check()


def test_a_lost_message_stops_nothing(home: House) -> None:
    job = started_and_rung(home)
    forget_messages(home)
    home.worker()
    settled(home, job)


def test_a_dead_broker_stops_no_job(house: OpenHouse, dead_broker: str) -> None:
    home = house(**ENVIRONMENT, REDIS_URL=dead_broker)
    job = started_and_rung(home)
    home.worker()
    settled(home, job)


SLOW = {"HELPDESK_FAULTPOINTS": "jobs.after_commit=sleep:0.05"}


def started(home: House, *, kind: str = "tests.word") -> int:
    """A job of ROWS rows, each of which leaves an "x" in a company's notes."""
    with home.inside():
        jobkinds.register()
        try:
            return jobbing.start(kind, ROWS)
        finally:
            jobkinds.forget()


def started_and_rung(home: House) -> int:
    """The same from a process of its own, which has the house's broker."""
    return int(home.run("-m", "tests.faults.jobbing", "start", "tests.word", str(ROWS)))


def goes_on(home: House, before: int) -> bool:
    return done(home) > before or state(home) == "done"


def done(home: House) -> int:
    return int(home.query("SELECT count(*) FROM jobs_jobrow WHERE outcome = 'done'")[0][0])


def state(home: House) -> str:
    return str(home.query("SELECT state FROM jobs_job ORDER BY id DESC LIMIT 1")[0][0])


def only(home: House) -> int:
    return int(home.query("SELECT id FROM jobs_job")[0][0])


def settled(home: House, job: int) -> None:
    """It ends; each of its rows was done once, and nothing twice."""
    wait_until(lambda: state(home) == "done", what="the job ends", house=home)
    rows = home.query(f"SELECT count(*), count(DISTINCT number) FROM jobs_jobrow WHERE job_id = {job}")  # noqa: S608
    assert rows == [(ROWS, ROWS)]
    left = home.query(
        f"SELECT DISTINCT notes FROM companies_company c JOIN jobs_jobtarget t ON t.target_id = c.id WHERE t.job_id = {job}"  # noqa: S608
    )
    assert left == [("x",)]
    home.check()


def forget_messages(home: House) -> None:
    """As a broker that is flushed, or was killed before it wrote."""
    if url := home.env.get("REDIS_URL"):
        with redis.Redis.from_url(url) as client:
            client.flushdb()
    else:
        shutil.rmtree(home.folder / "spool", ignore_errors=True)
