"""Ten bulk sends on a helpdesk just started, and the worker killed in the middle of them."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
import pytest

from tests.faults.redis_server import own_broker
from tests.flows.browsing import Visitor
from tests.mail import MailServer
from tests.patience import wait_for
from tests.running.runner import ROOT, Runner

pytestmark = [pytest.mark.processes, pytest.mark.timeout(900)]

LETTERS = 300
MAKE_CONTACTS = f"""
import django; django.setup()
from django.db import transaction
from tests.factories import make_contact
with transaction.atomic():
    print(*[make_contact(email=f"killed{{n}}@kill.example").pk for n in range({LETTERS})])
"""


def test_a_killed_worker_doubles_no_letter_and_loses_none(tmp_path: Path, database_url: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    own = {
        "database_url": database_url,
        "redis_url": own_broker(),
        "HELPDESK_TESTING": "1",
        "OUTBOX_LEASE_SECONDS": "3",
    }
    with MailServer(tmp_path, stall=0.5) as mail, Runner(home, **own, EMAIL_URL=mail.url) as helpdesk:
        helpdesk.wait_until_up()
        ids = _python(helpdesk, MAKE_CONTACTS).split()
        agent = Visitor(f"http://127.0.0.1:{helpdesk.port}")
        agent.sign_in("agent@helpdesk.example", "demo-helpdesk")
        for start in range(0, LETTERS, 30):
            chosen = [("contact", pk) for pk in ids[start : start + 30]]
            assert "30 activation emails are on their way" in agent.post(
                "/contacts/activations/", chosen, form_at="/contacts/"
            )
        mail.obey(stall=0.02)
        wait_for(lambda: len(mail.accepted) >= 60, otherwise=helpdesk.said)
        mail.obey(stall=2)  # the kill comes in the middle, however long it takes to come
        _kill_worker(helpdesk)
        mail.obey()
        assert len(mail.accepted) < LETTERS, "the kill came too late to show anything"
        wait_for(lambda: not _addresses(helpdesk, "queued", "claimed", "handoff"), otherwise=helpdesk.said)

        sent, unknown = _addresses(helpdesk, "sent"), _addresses(helpdesk, "unknown")
        assert len(sent) + len(unknown) == LETTERS
        assert max(mail.copies.values()) == 1
        assert sent <= set(mail.copies) <= sent | unknown
        assert len(unknown) <= 2, "one letter at a time is inside SMTP"
        _can_be_sent_again(helpdesk, unknown)
        _python(helpdesk, "import runpy; runpy.run_module('tests.faults.invariants', run_name='__main__')")


@pytest.fixture
def database_url() -> Iterator[str]:
    """A database of its own on the server of the environment; "" for the embedded one."""
    server = os.environ.get("DATABASE_URL", "")
    if not server:
        yield ""
        return
    base, name = server.rpartition("/")[0], f"tests_killed_{uuid4().hex[:12]}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0")
        yield f"{base}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _kill_worker(helpdesk: Runner) -> None:
    """`kill -9` the worker's main process and its children at once; the runner may be quicker with the children."""
    leader = helpdesk.leader("celery") or helpdesk.leader("worker")
    assert leader is not None, helpdesk.said()
    for process in [leader, *leader.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def _python(helpdesk: Runner, code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=helpdesk.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def _addresses(helpdesk: Runner, *states: str) -> set[str]:
    """To whom the letters of this test in one of `states` go."""
    wanted = ", ".join(f"'{state}'" for state in states)
    sql = f"SELECT to_email FROM outbox_outgoingemail WHERE to_email LIKE 'killed%' AND state IN ({wanted})"  # noqa: S608
    return {address for (address,) in _rows(helpdesk, sql)}


def _rows(helpdesk: Runner, sql: str) -> list[tuple[str]]:
    if url := helpdesk.environment.get("DATABASE_URL"):
        with psycopg.connect(url) as connection:
            return connection.execute(sql.encode()).fetchall()
    with contextlib.closing(sqlite3.connect(helpdesk.home / "helpdesk.sqlite3", timeout=20)) as connection:
        return connection.execute(sql).fetchall()


def _can_be_sent_again(helpdesk: Runner, addresses: set[str]) -> None:
    admin = Visitor(f"http://127.0.0.1:{helpdesk.port}")
    admin.sign_in("admin@helpdesk.example", "demo-helpdesk")
    for address in addresses:
        page = admin.get(f"/admin/outbox/?state=unknown&q={address}")
        letter = re.findall(r'href="(/admin/outbox/\d+/)"', page)[0]
        assert "Send again" in admin.get(letter)
