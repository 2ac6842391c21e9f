"""Letters under fire: workers killed, stopped, doubled; mail servers and brokers that fail."""

from __future__ import annotations

import os
import random
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.faults.conftest import OpenHouse
from tests.faults.house import LEASE, House, wait_until
from tests.mail import MailServer

pytestmark = [pytest.mark.processes, pytest.mark.timeout(240)]
KILLS = int(os.environ.get("HELPDESK_FAULT_ROUNDS", "2"))
SEED = int(os.environ.get("HELPDESK_FAULT_SEED", "1"))
WAITING = {"queued", "claimed", "handoff"}


def test_kill_9_in_the_middle_of_300_letters(house: OpenHouse, mail: MailServer) -> None:
    chance, home = random.Random(SEED), house()
    mail.obey(stall=0.02)
    worker = home.worker()
    post(home, 300, batches=10)
    for number in range(1, KILLS + 1):
        goal = 250 * number // (KILLS + 1)
        wait_until(lambda goal=goal: len(mail.accepted) >= goal, seconds=60, what="letters flow", house=home)
        time.sleep(chance.uniform(0, 0.05))
        home.kill(worker)
        worker = home.worker()
    took = wait_until(lambda: is_quiet(home), seconds=90, what="all letters have a fate", house=home)
    settled(home, mail, letters=300, most_unknown=KILLS)
    assert took < 60


@pytest.mark.parametrize(
    ("point", "delivered", "unknown"),
    [("outbox.claimed", 40, 0), ("outbox.after_handoff", 39, 1), ("outbox.after_accept", 40, 1)],
)
def test_killed_at_the_worst_moments(
    house: OpenHouse, mail: MailServer, point: str, delivered: int, unknown: int
) -> None:
    home = house()
    post(home, 40, batches=1)
    first = home.worker(HELPDESK_FAULTPOINTS=f"{point}=kill-all")
    assert first.wait(30) == -signal.SIGKILL
    home.worker()
    wait_until(lambda: is_quiet(home), seconds=40, what="all letters have a fate", house=home)
    settled(home, mail, letters=40, most_unknown=unknown)
    assert (len(mail.accepted), home.letters()["unknown"]) == (delivered, unknown)


def test_a_worker_stopped_past_its_lease_doubles_nothing(house: OpenHouse, mail: MailServer) -> None:
    home = house()
    mail.obey(stall=0.02)
    sleeper = home.worker()
    post(home, 150, batches=5)
    wait_until(lambda: len(mail.accepted) >= 30, seconds=30, what="letters flow", house=home)
    mail.obey(stall=2)
    time.sleep(1)  # now it waits for the server's answer, with no transaction open: SQLite would wait with it
    home.signal(sleeper, signal.SIGSTOP)
    mail.obey()
    time.sleep(LEASE + 0.5)
    home.worker()
    wait_until(lambda: is_quiet(home), seconds=60, what="the other worker does it all", house=home)
    home.signal(sleeper, signal.SIGCONT)
    time.sleep(2)
    settled(home, mail, letters=150, most_unknown=1)


def test_two_workers_at_once_share_the_letters(house: OpenHouse, mail: MailServer) -> None:
    home = house(WORKER_PROCESSES="2")
    home.worker()
    home.worker()
    post(home, 300, batches=10)
    wait_until(lambda: is_quiet(home), seconds=60, what="all letters are sent", house=home)
    settled(home, mail, letters=300, most_unknown=0)


def test_a_server_that_refuses_defers_and_drops(house: OpenHouse, mail: MailServer) -> None:
    home = house()
    refused, deferred, dropped = "person1", "person2", "person3"  # and all that begin so: 11, 11 and 11 of 50
    mail.obey(refuse=[refused], defer=[deferred], drop=[dropped])
    post(home, 50, batches=1)
    home.worker()
    wait_until(
        lambda: home.letters() == {"sent": 17, "failed": 11, "unknown": 11, "queued": 11},
        seconds=40,
        what="fates",
        house=home,
    )
    assert all(address.startswith(refused) for address in home.addresses("failed"))
    assert all(address.startswith(dropped) for address in home.addresses("unknown"))
    assert set(mail.copies) == home.addresses("sent")
    home.check()


def test_an_unreachable_server_costs_no_letter_and_no_attempt(house: OpenHouse, mail: MailServer) -> None:
    home = house()
    mail.stop()
    home.worker()
    post(home, 20, batches=2)
    wait_until(
        lambda: home.query("SELECT failures FROM outbox_mailchannel") not in ([], [(0,)]),
        seconds=30,
        what="a failed try",
        house=home,
    )
    assert home.query("SELECT DISTINCT state, attempts FROM outbox_outgoingemail") == [("queued", 0)]
    mail.start()
    wait_until(lambda: is_quiet(home), seconds=30, what="all letters are sent", house=home)
    settled(home, mail, letters=20, most_unknown=0)


@pytest.fixture(params=["closed", "frozen"])
def dead_broker(request: pytest.FixtureRequest) -> Iterator[str]:
    """Redis that refuses connections, or takes them and never answers."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        if request.param == "frozen":
            listener.listen(50)
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


def test_a_dead_broker_delays_no_request_and_stops_no_letter(
    house: OpenHouse, mail: MailServer, dead_broker: str
) -> None:
    home = house(REDIS_URL=dead_broker)
    home.worker()
    assert post(home, 20, batches=2) < 1.0
    wait_until(lambda: is_quiet(home), seconds=40, what="the sweeper delivers", house=home)
    settled(home, mail, letters=20, most_unknown=0)


def post(home: House, letters: int, *, batches: int) -> float:
    """Post them from a process of their own; the slowest post's seconds."""
    return float(home.run("-m", "tests.faults.posting", str(letters), str(batches)))


def is_quiet(home: House) -> bool:
    return not WAITING & set(home.letters())


def settled(home: House, mail: MailServer, *, letters: int, most_unknown: int) -> None:
    """None doubled, none lost: all are sent but those that were inside SMTP at a kill."""
    states, copies = home.letters(), mail.copies
    assert set(copies.values()) == {1}
    assert set(states) <= {"sent", "unknown"} and states.total() == letters
    assert states["unknown"] <= most_unknown
    assert home.addresses("sent") <= set(copies) <= home.addresses("sent") | home.addresses("unknown")
    home.check()
