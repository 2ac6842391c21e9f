"""Activation emails for a whole view while workers, schedulers and database connections are taken away."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator

import psycopg
import pytest

from tests.faults.accounts import counted, is_quiet, settled
from tests.faults.conftest import OpenHouse, Tell
from tests.faults.house import LEASE, House, wait_until
from tests.faults.profile import LETTERS, LIMIT, LONG, ROUNDS, SEED
from tests.faults.sending import people, whole
from tests.faults.watching import Watch
from tests.mail import MailServer

pytestmark = [pytest.mark.processes, pytest.mark.timeout(LIMIT)]
FEW = 60
LONGEST = 30 + 2 * LETTERS  # seconds: thirty letters in five where nothing happens to them


@pytest.fixture
def flow(mail: MailServer) -> Iterator[Watch]:
    """Whether letters arrive."""
    mail.obey(stall=0.02)
    yield Watch(lambda: arrived(mail))


def test_kill_9_of_the_worker(house: OpenHouse, mail: MailServer, flow: Watch, tell: Tell) -> None:
    chance, home = random.Random(SEED), house()
    begin(home, LETTERS)
    with flow:
        worker = home.worker()
        for number in range(1, ROUNDS + 1):
            goal = LETTERS * number // (ROUNDS + 1)
            wait_for(home, mail, goal)
            time.sleep(chance.uniform(0, 0.3))
            home.kill(worker)
            worker = home.worker()
        wait_for_end(home)
    line = counted(
        home, mail, "worker killed (-9) in a whole-view send", rounds=ROUNDS, wanted=LETTERS, stall=flow.stall
    )
    settled(home, mail, line, tell, most_unknown=ROUNDS)


@pytest.mark.skipif(not LONG, reason="the product's own leases make this one slow: `make faults`")
def test_kill_9_under_the_products_own_leases(house: OpenHouse, mail: MailServer, flow: Watch, tell: Tell) -> None:
    home = house(OUTBOX_LEASE_SECONDS="20", JOBS_LEASE_SECONDS="12")
    begin(home, FEW * 4)
    with flow:
        worker = home.worker()
        for number in range(1, 4):
            wait_for(home, mail, FEW * number)
            home.kill(worker)
            worker = home.worker()
        wait_for_end(home)
    fault = "worker killed (-9), the product's own leases"
    line = counted(home, mail, fault, rounds=3, wanted=FEW * 4, stall=flow.stall)
    settled(home, mail, line, tell, most_unknown=3)


def test_a_worker_stopped_past_its_lease(house: OpenHouse, mail: MailServer, flow: Watch, tell: Tell) -> None:
    home, times = house(), ROUNDS // 10 or 1
    begin(home, FEW * times)
    mail.obey(stall=0.05)
    with flow:
        awake = home.worker()
        for number in range(times):
            wait_for(home, mail, FEW * number + 10)
            mail.obey(stall=1.5)
            time.sleep(0.5)  # now it waits for the server's answer, with no transaction open: SQLite would wait with it
            asleep, awake = awake, home.worker()
            home.freeze(asleep)
            mail.obey(stall=0.05)
            time.sleep(LEASE + 0.5)
            wait_for(home, mail, FEW * number + 35)
            home.signal(asleep, signal.SIGCONT)
            time.sleep(1)
            home.kill(asleep)
        wait_for_end(home)
    fault = "worker stopped past its lease, then woken"
    line = counted(home, mail, fault, rounds=times, wanted=FEW * times, stall=flow.stall)
    settled(home, mail, line, tell, most_unknown=2 * times)


def test_two_schedulers_and_two_workers(house: OpenHouse, mail: MailServer, flow: Watch, tell: Tell) -> None:
    home = house(WORKER_PROCESSES="2")
    begin(home, FEW)
    with flow:
        home.start("manage.py", "worker", "--with-scheduler")
        home.start(
            "-m", "celery", "--app", "helpdesk", "beat", "--schedule", str(home.folder / "second"), "--pidfile", ""
        )
        home.worker()
        wait_for_end(home)
    line = counted(home, mail, "two schedulers, two workers", rounds=1, wanted=FEW, stall=flow.stall)
    settled(home, mail, line, tell)


@pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="SQLite has no connections to cut")
def test_database_connections_cut(house: OpenHouse, mail: MailServer, flow: Watch, tell: Tell) -> None:
    home, number = house(), FEW * 2
    begin(home, number)
    with flow:
        home.worker()
        for cut in range(1, ROUNDS + 1):
            wait_for(home, mail, number * cut // (ROUNDS + 2))
            cut_connections(home)
            time.sleep(0.3)
        wait_for_end(home)
    line = counted(home, mail, "database connections cut", rounds=ROUNDS, wanted=number, stall=flow.stall)
    settled(home, mail, line, tell, most_unknown=ROUNDS)


def begin(home: House, letters: int) -> int:
    """Contacts, and a send to all of them that no worker has seen yet."""
    with home.inside():
        people(letters)
        return whole()


def arrived(mail: MailServer) -> int:
    """How many bytes the server wrote about what it took: grows with each letter."""
    return mail.log.stat().st_size if mail.log.exists() else 0


def wait_for(home: House, mail: MailServer, letters: int) -> None:
    wait_until(lambda: fates(home) >= letters, what=f"{letters} letters have a fate", house=home)


def fates(home: House) -> int:
    states = home.letters()
    return states["sent"] + states["unknown"] + states["failed"]


def wait_for_end(home: House) -> None:
    """The job is done, and each of its letters has its fate."""
    sql = "SELECT state, error FROM jobs_job"

    def is_over() -> bool:
        ((state, error),) = home.query(sql)
        assert state in ("queued", "running", "done"), (state, error, home.log())
        return state == "done" and is_quiet(home)

    wait_until(is_over, seconds=LONGEST, what="the send ends", house=home)


def cut_connections(home: House) -> None:
    """Everybody's but this one."""
    with psycopg.connect(home.env["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
