"""Imports under fire: whatever is taken away in the middle, each row has one outcome, and nobody is in it twice."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import OpenHouse, Tell
from tests.faults.house import House, wait_until
from tests.faults.importing import OUTCOMES, OWNER
from tests.faults.ledger import Line
from tests.faults.profile import LIMIT, LONG, ROUNDS, SEED, rounds
from tests.faults.redis_server import PROGRAM, RedisServer
from tests.faults.test_jobs import forget_messages
from tests.faults.watching import Watch

pytestmark = [pytest.mark.processes, pytest.mark.timeout(LIMIT)]
LEASE = 2.0
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "tests.jobapp.settings",
    "JOBS_LEASE_SECONDS": str(LEASE),
    "HELPDESK_TEST_BATCH": "15",
}
SLOW = {"HELPDESK_FAULTPOINTS": f"jobs.after_commit=sleep:{0.1 if LONG else 0.5}"}
MANY = 60 * max(ROUNDS, 12) if LONG else 120
"""Rows: some chunks for each round."""
on_postgresql = pytest.mark.skipif(
    not os.environ.get("DATABASE_URL"),
    reason="SQLite has one writer: whoever stops inside a transaction stops everybody; and no connection to cut",
)
only_long = pytest.mark.skipif(not LONG, reason="the long profile only: make faults")


SLOWER = {"HELPDESK_FAULTPOINTS": "jobs.after_commit=sleep:1.5"}
"""Where another process must be quicker than the import, however busy the machine."""


@pytest.fixture
def home(house: OpenHouse) -> Iterator[House]:
    yield house(**ENVIRONMENT)


@only_long
def test_kill_9_in_the_middle_of_an_import(home: House, tell: Tell) -> None:
    """At random moments; the others' messages lost, too, each second time. After each it goes on by itself."""
    chance, job = random.Random(SEED), started(home)
    with Watch(lambda: done(home, job)) as watch:
        worker = home.worker(**SLOW)
        for number in range(1, ROUNDS + 1):
            goal = MANY * number // (ROUNDS + 2)
            wait_until(lambda goal=goal: done(home, job) >= goal, seconds=60, what="rows are done", house=home)
            time.sleep(chance.uniform(0, 0.15))
            home.kill(worker)
            if number % 2:
                forget_messages(home)
            worker, before = home.worker(**SLOW), done(home, job)
            wait_until(lambda before=before: done(home, job) > before, seconds=40, what="it goes on", house=home)
        ended(home, job)
    line = counted(home, job, "import: worker killed (-9)", rounds=ROUNDS)
    line.stall = watch.stall
    settled(home, job, line, tell)


def test_killed_it_goes_on_killed_again_it_is_cancelled_and_the_next_begins(home: House, tell: Tell) -> None:
    job, worker = started(home), home.worker(**SLOW)
    wait_until(lambda: done(home, job) > 0, seconds=60, what="rows are done", house=home)
    home.kill(worker)
    forget_messages(home)
    worker, before = home.worker(**SLOW), done(home, job)
    wait_until(lambda: done(home, job) > before, seconds=60, what="it goes on", house=home)
    home.kill(worker)  # its lease still runs: nobody waits for it
    assert home.run("-m", "tests.faults.importing", "cancel", str(job)).strip() == "cancelled"
    assert 0 < done(home, job) < MANY
    settled(home, job, counted(home, job, "import: cancelled with no worker alive"), tell)
    second = started(home)
    home.worker()
    ended(home, second)
    settled(home, second, counted(home, second, "import: the one after a cancelled one"), tell)


@on_postgresql
def test_frozen_past_its_lease_and_woken(home: House, tell: Tell) -> None:
    times = rounds(1, 10)
    job, sleeper = started(home), home.worker(**SLOW)
    with Watch(lambda: done(home, job)) as watch:
        for number in range(1, times + 1):
            goal = MANY * number // (times + 2)
            wait_until(lambda goal=goal: done(home, job) >= goal, seconds=60, what="rows are done", house=home)
            home.signal(sleeper, signal.SIGSTOP)
            before, other = done(home, job), home.worker(**SLOW)
            wait_until(lambda before=before: done(home, job) > before, seconds=40, what="the other goes on", house=home)
            home.signal(sleeper, signal.SIGCONT)
            time.sleep(0.5)
            home.kill(sleeper)
            sleeper = other
        ended(home, job)
    line = counted(home, job, "import: worker frozen past its lease, then woken", rounds=times)
    line.stall = watch.stall
    settled(home, job, line, tell)


@pytest.mark.skipif(PROGRAM is None, reason="no redis-server here")
@pytest.mark.parametrize("when", ["queued", "running"])
def test_redis_stopped_and_flushed(house: OpenHouse, tmp_path: Path, when: str, tell: Tell) -> None:
    with RedisServer(tmp_path) as server:
        home = house(**{**ENVIRONMENT, "REDIS_URL": server.url})
        job = started(home)
        if when == "running":
            home.worker(**SLOW)
            wait_until(lambda: done(home, job) > 0, seconds=40, what="rows are done", house=home)
        server.flush()
        server.kill()
        with Watch(lambda: done(home, job)) as watch:
            worker = home.worker(**SLOW)
            before = done(home, job)
            wait_until(lambda: done(home, job) > before, seconds=40, what="it goes on without Redis", house=home)
            server.start()
            home.kill(worker)
            home.worker()
            ended(home, job)
        line = counted(home, job, f"import: Redis flushed and stopped while {when}")
        line.stall = watch.stall
        settled(home, job, line, tell)


@on_postgresql
def test_database_connections_cut_in_a_chunk(home: House, tell: Tell) -> None:
    job, times = started(home), rounds(2, 20)
    home.worker(HELPDESK_FAULTPOINTS="jobs.before_commit=sleep:0.1")
    with Watch(lambda: done(home, job)) as watch:
        for number in range(1, times + 1):
            goal = MANY * number // (times + 2)
            wait_until(lambda goal=goal: done(home, job) >= goal, seconds=60, what="rows are done", house=home)
            home.query(CUT)
        ended(home, job)
    line = counted(home, job, "import: database connections cut", rounds=times)
    line.stall = watch.stall
    settled(home, job, line, tell)


def test_two_workers_and_the_same_import(house: OpenHouse, tell: Tell) -> None:
    home = house(**ENVIRONMENT, WORKER_PROCESSES="2")
    home.worker()
    home.worker()
    job = started(home)
    ended(home, job)
    settled(home, job, counted(home, job, "import: two workers of two processes"), tell)


def test_cancelled_and_killed_at_once_then_continued(home: House, tell: Tell) -> None:
    """What was not reached is reached after all when somebody says “Continue”; nothing is done again."""
    times, job = rounds(1, 10), started(home)
    for number in range(1, times + 1):
        worker, goal = home.worker(**SLOWER), MANY * number // (2 * times + 2)
        wait_until(lambda goal=goal: done(home, job) >= goal, seconds=60, what="rows are done", house=home)
        home.run("-m", "tests.faults.importing", "cancel", str(job))
        home.kill(worker)
        assert state(home, job) == "cancelled"
        assert counted(home, job, "").lost == 0
        home.run("-m", "tests.faults.importing", "go_on", str(job))
    home.worker()
    ended(home, job)
    settled(home, job, counted(home, job, "import: cancelled and killed at once, continued", rounds=times), tell)


def test_owner_deactivated_meanwhile(home: House, tell: Tell) -> None:
    job, slow = started(home), home.worker(**SLOWER)
    wait_until(lambda: done(home, job) > 0, seconds=40, what="rows are done", house=home)
    home.run("-m", "tests.faults.importing", "deactivate")
    assert state(home, job) == "running"
    home.kill(slow)
    home.worker()
    ended(home, job)
    told = home.query("SELECT to_email FROM outbox_outgoingemail WHERE notice = 'import_ended' ORDER BY id DESC")
    assert told[0] == ("boss@helpdesk.example",) and (OWNER,) not in told[:1]
    settled(home, job, counted(home, job, "import: its owner deactivated meanwhile"), tell)


CUT = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'idle in transaction'"""


def started(home: House) -> int:
    return int(home.run("-m", "tests.faults.importing", "start", str(MANY)))


def done(home: House, job: int) -> int:
    return int(home.query(f"SELECT count(*) FROM jobs_jobrow WHERE job_id = {job} AND outcome <> ''")[0][0])  # noqa: S608


def state(home: House, job: int) -> str:
    return str(home.query(f"SELECT state FROM jobs_job WHERE id = {job}")[0][0])  # noqa: S608


def ended(home: House, job: int) -> None:
    wait_until(lambda: state(home, job) == "done", seconds=120, what="the import ends", house=home)


def counted(home: House, job: int, fault: str, *, rounds: int = 1) -> Line:
    """What the rows say, held against what the contacts say."""
    rows = home.query(
        f"SELECT outcome, count(*), count(DISTINCT number) FROM jobs_jobrow WHERE job_id = {job} GROUP BY outcome"  # noqa: S608
    )
    outcomes = {outcome: count for outcome, count, _numbers in rows}
    mark = f"{job - 2}."
    people = f"FROM contacts_contact WHERE name LIKE 'New {mark}%' OR name LIKE 'Old {mark}%'"
    total, names = home.query(f"SELECT count(*), count(DISTINCT name) {people}")[0]
    changed = home.query(f"SELECT sum(version - 1) {people}")[0][0] or 0
    line = Line(fault, rounds, MANY, doubled=total - names + sum(count - numbers for _o, count, numbers in rows))
    line.lost = abs(total - MANY // 10 - outcomes.get("created", 0)) + abs(int(changed) - outcomes.get("updated", 0))
    if state(home, job) == "done":
        line.lost += sum(abs(outcomes.get(name, 0) - MANY // 10 * count) for name, count in OUTCOMES.items())
    return line


def settled(home: House, job: int, line: Line, tell: Tell) -> None:
    try:
        home.check()
    except AssertionError:
        line.invariants = "BROKEN"
        raise
    finally:
        tell(line)
    assert (line.doubled, line.lost) == (0, 0), (state(home, job), home.log())
