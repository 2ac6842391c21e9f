"""Redis flushed, frozen and killed while agents work; the web server killed before it could ring."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.accounts import counted, is_quiet, settled
from tests.faults.conftest import OpenHouse, Tell
from tests.faults.desk import Desk, seconds
from tests.faults.house import House, wait_until
from tests.faults.profile import LIMIT, LONG, rounds
from tests.faults.redis_server import PROGRAM, RedisServer
from tests.faults.watching import Watch
from tests.mail import MailServer

pytestmark = [pytest.mark.processes, pytest.mark.timeout(LIMIT)]
BATCH = 15
FAULTS = ("flushed", "frozen", "killed")
Harm = Callable[[RedisServer], None]
HARM: dict[str, Harm] = {"flushed": RedisServer.flush, "frozen": RedisServer.freeze, "killed": RedisServer.kill}
CURE: dict[str, Harm] = {"flushed": lambda _server: None, "frozen": RedisServer.thaw, "killed": RedisServer.start}


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path) as server:
        yield server


@pytest.mark.skipif(PROGRAM is None, reason="no redis-server here")
def test_redis_flushed_frozen_and_killed(
    house: OpenHouse, mail: MailServer, redis_server: RedisServer, tell: Tell
) -> None:
    """While it is gone each page answers within a second, and letters go out all the same; again once it is back."""
    times = rounds(1, 5)
    home = house(REDIS_URL=redis_server.url)
    desk = Desk(home, 2 * BATCH * times * len(FAULTS))
    people = iter(desk.people)
    mail.obey(stall=0.02)
    wanted, slow = 0, []
    for fault in FAULTS:
        pages: list[float] = []
        with Watch(lambda: len(mail.accepted)) as watch:
            for _round in range(times):
                HARM[fault](redis_server)
                pages += [seconds(lambda: desk.invite(next(people) for _one in range(BATCH))), desk.slowest_page()]
                wait_for_letters(home)
                CURE[fault](redis_server)
                desk.invite(next(people) for _one in range(BATCH))
                wait_for_letters(home)
        wanted += 2 * BATCH * times
        line = counted(home, mail, f"Redis {fault}", rounds=times, wanted=wanted, stall=watch.stall)
        line.items, line.notes = 2 * BATCH * times, f"slowest page {max(pages):.2f} s"
        settled(home, mail, line, tell)
        slow += pages
    assert max(slow) < (
        1 if LONG else 20
    )  # a broker that holds a request up does so for a minute; busy neighbours do, too


def test_web_killed_between_commit_and_doorbell(house: OpenHouse, mail: MailServer, tell: Tell) -> None:
    """The rows are written, nobody was told, and the agent got no answer: who sends the form again sends nothing twice."""
    times = rounds(2, 20)
    home = house()
    desk = Desk(home, BATCH * times, HELPDESK_FAULTPOINTS="bell.committed=kill")
    with Watch(lambda: len(mail.accepted)) as watch:
        for number in range(times):
            chosen, form_id = desk.people[number * BATCH : (number + 1) * BATCH], f"form-of-the-round-{number:04}"
            with pytest.raises((OSError, http.client.HTTPException)):
                desk.invite(chosen, form_id=form_id)
            wait_until(lambda: is_answered(desk), what="the web server is back", house=home)
            desk.invite(chosen, form_id=form_id)
            wait_for_letters(home)
    fault = "web server killed between commit and doorbell"
    line = counted(home, mail, fault, rounds=times, wanted=BATCH * times, stall=watch.stall)
    settled(home, mail, line, tell)
    assert line.items == len(mail.accepted)


def wait_for_letters(home: House) -> None:
    wait_until(lambda: is_quiet(home), what="all letters are sent", house=home)


def is_answered(desk: Desk) -> bool:
    try:
        desk.admin.get("/healthz")
    except (OSError, http.client.HTTPException):
        return False
    return True
