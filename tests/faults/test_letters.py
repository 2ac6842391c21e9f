"""Letters under fire: workers killed, stopped, doubled; mail servers and brokers that fail."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from unittest import mock

import pytest

from helpdesk.outbox.notices import CATALOGUE
from tests.faults import posting
from tests.faults.accounts import counted, is_quiet, settled
from tests.faults.conftest import OpenHouse, Tell
from tests.faults.house import LEASE, House, wait_until
from tests.faults.ledger import Line
from tests.faults.profile import LIMIT
from tests.letters import GREETING
from tests.mail import MailServer
from tests.patience import PATIENCE

pytestmark = [pytest.mark.processes, pytest.mark.timeout(LIMIT)]


@pytest.mark.parametrize(
    ("point", "fates"),
    [("outbox.claimed", (40, 0)), ("outbox.after_handoff", (39, 1)), ("outbox.after_accept", (40, 1))],
)
def test_killed_at_the_worst_moments(
    house: OpenHouse, mail: MailServer, tell: Tell, point: str, fates: tuple[int, int]
) -> None:
    """`fates`: how many are delivered, of how many nobody knows."""
    home = house()
    post(home, 40, batches=1)
    first = home.worker(HELPDESK_FAULTPOINTS=f"{point}=kill-all")
    assert first.wait(PATIENCE) == -signal.SIGKILL
    home.worker()
    wait_until(lambda: is_quiet(home), what="all letters have a fate", house=home)
    line = counted(home, mail, f"worker killed at {point}", rounds=1, wanted=40)
    settled(home, mail, line, tell, most_unknown=fates[1])
    assert (len(mail.accepted), home.letters()["unknown"]) == fates


def test_two_workers_at_once_share_the_letters(house: OpenHouse, mail: MailServer, tell: Tell) -> None:
    home = house(WORKER_PROCESSES="2")
    home.worker()
    home.worker()
    post_and_ring(home, 200, batches=10)
    wait_until(lambda: is_quiet(home), what="all letters are sent", house=home)
    settled(home, mail, counted(home, mail, "two workers of two processes", rounds=1, wanted=200), tell)


def test_a_server_that_refuses_defers_and_drops(house: OpenHouse, mail: MailServer, tell: Tell) -> None:
    """Each letter has the fate that is known of it, and whoever is refused keeps nobody else waiting."""
    home = house()
    refused, deferred, dropped, doubtful = (
        "person1",
        "person2",
        "person3",
        "person4",
    )  # and all that begin so: 11 of 60 each
    mail.obey(refuse=[refused], defer=[deferred], drop=[dropped], drop_accepted=[doubtful])
    post_and_ring(home, 60, batches=1)
    home.worker()
    expected = {"sent": 16, "failed": 11, "unknown": 22, "queued": 11}
    wait_until(lambda: home.letters() == expected, what="fates", house=home)
    states = {word: home.addresses(word) for word in expected}
    assert all(address.startswith(refused) for address in states["failed"])
    assert all(address.startswith((dropped, doubtful)) for address in states["unknown"])
    taken = {address for address in mail.copies if not address.startswith(doubtful)}
    assert taken == states["sent"]
    home.check(mail.log)
    doubled = sum(mail.copies.values()) - len(mail.copies)
    tell(Line("mail server: 550", 1, 11, notes="failed, not tried again"))
    tell(Line("mail server: 451", 1, 11, notes="waits, tried again after a minute"))
    tell(
        Line(
            "mail server: drops the connection after DATA", 1, 22, doubled, 0, 22, notes="11 of them had been accepted"
        )
    )
    assert doubled == 0


def test_a_slow_server(house: OpenHouse, mail: MailServer, tell: Tell) -> None:
    """Slower than the lease of a letter: what was given up as unknown turns out to be sent."""
    home = house()
    mail.obey(stall=LEASE + 1)
    post(home, 2, batches=1)
    home.worker()
    wait_until(lambda: home.letters() == {"sent": 2}, what="all letters are sent", house=home)
    settled(home, mail, counted(home, mail, "mail server: slower than a lease", rounds=1, wanted=2), tell)


def test_an_unreachable_server_costs_no_letter_and_no_attempt(house: OpenHouse, mail: MailServer, tell: Tell) -> None:
    home = house()
    mail.stop()
    home.worker()
    post_and_ring(home, 20, batches=2)
    wait_until(
        lambda: home.query("SELECT failures FROM outbox_mailchannel") not in ([], [(0,)]),
        what="a failed try",
        house=home,
    )
    assert spent(home) == []
    mail.start()
    wait_until(lambda: is_quiet(home), what="all letters are sent", house=home)
    settled(home, mail, counted(home, mail, "mail server: refuses connections", rounds=1, wanted=20), tell)


def spent(home: House) -> list[tuple[str, int]]:
    """State and attempts of letters that are not as they were posted; whoever tries the line may hold them for a moment."""
    sql = "SELECT state, attempts FROM outbox_outgoingemail WHERE attempts <> 0 OR state NOT IN ('queued', 'claimed')"
    return [(state, attempts) for state, attempts in home.query(sql)]


@pytest.fixture(params=["closed", "frozen"])
def dead_broker(request: pytest.FixtureRequest) -> Iterator[str]:
    """Redis that refuses connections, or takes them and never answers."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        if request.param == "frozen":
            listener.listen(50)
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


def test_a_dead_broker_delays_no_request_and_stops_no_letter(
    house: OpenHouse, mail: MailServer, tell: Tell, dead_broker: str
) -> None:
    home = house(REDIS_URL=dead_broker)
    home.worker()
    assert (
        post_and_ring(home, 20, batches=2) < 20
    )  # on a busy machine; a broker that holds a request up does so for a minute
    wait_until(lambda: is_quiet(home), what="the sweeper delivers", house=home)
    settled(home, mail, counted(home, mail, "Redis never there", rounds=1, wanted=20), tell)


def post(home: House, letters: int, *, batches: int) -> float:
    """Post them without ringing; the slowest post's seconds."""
    with home.inside(), mock.patch.dict(CATALOGUE, {GREETING.code: GREETING}):
        return posting.post(letters, batches)


def post_and_ring(home: House, letters: int, *, batches: int) -> float:
    """The same from a process of their own, which has the house's broker; the slowest post's seconds."""
    return float(home.run("-m", "tests.faults.posting", str(letters), str(batches)))
