"""`python -m bench.letters`: 3,000 letters through the outbox against one reused SMTP connection to the same server, same run.

On SQLite, and on PostgreSQL where DATABASE_URL names a server (a database of its own is made and dropped), there with one
and with two connections. The baseline sends finished messages over one connection: no database, nothing to compose.
Shares above 100 % are noise of the machine. Exit code 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.mail import MailServer

ROOT = Path(__file__).resolve().parent.parent
TARGETS = {"SQLite, one connection": 0.80, "PostgreSQL, one connection": 0.55, "PostgreSQL, two connections": 0.85}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3, help="the median counts")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        return work()
    missed = 0
    with tempfile.TemporaryDirectory() as name, MailServer(Path(name), "--quick") as server:
        for title, env, connections in cases(Path(name)):
            run("manage.py", "migrate", "--verbosity", "0", env=env)
            shares = [measure(env, connections, server, arguments.letters) for _ in range(arguments.rounds)]
            missed += not report(title, shares)
    return 1 if missed else 0


def cases(folder: Path) -> Iterator[tuple[str, dict[str, str], int]]:
    """What is measured: a title, the environment that leads to the database, how many workers at once."""
    yield "SQLite, one connection", {"HELPDESK_DATA_DIR": str(folder / "sqlite"), "DATABASE_URL": ""}, 1
    server = os.environ.get("DATABASE_URL", "")
    if server.startswith("postgres"):
        with database_on(server) as url:
            env = {"HELPDESK_DATA_DIR": str(folder / "postgresql"), "DATABASE_URL": url}
            yield "PostgreSQL, one connection", env, 1
            yield "PostgreSQL, two connections", env, 2


@dataclass(frozen=True)
class Rates:
    """Letters a second through the outbox, and over the plain connection before and after."""

    outbox: float
    plain: float

    @property
    def share(self) -> float:
        return self.outbox / self.plain


def measure(env: dict[str, str], connections: int, server: MailServer, letters: int) -> Rates:
    """One round: plain, outbox, plain, so that a busy machine disturbs both alike."""
    before = baseline(server, letters)
    rate = through_the_outbox(env, connections, server, letters)
    return Rates(rate, (before + baseline(server, letters)) / 2)


def report(title: str, rounds: list[Rates]) -> bool:
    """Print the median round; whether it meets the target."""
    ordered = sorted(rounds, key=lambda rates: rates.share)
    middle, target = ordered[len(ordered) // 2], TARGETS[title]
    spread = f"{ordered[0].share:.0%} to {ordered[-1].share:.0%}"
    figures = f"{middle.outbox:6.0f}/s of {middle.plain:6.0f}/s = {middle.share:4.0%}"
    print(f"{title:28} {figures} ({spread}; target {target:.0%})", flush=True)
    return middle.share >= target


def baseline(server: MailServer, letters: int) -> float:
    """Letters a second over one connection of smtplib."""
    message = sample()
    with smtplib.SMTP("127.0.0.1", server.port, local_hostname="bench.test") as connection:
        begun = time.perf_counter()
        for number in range(letters):
            connection.sendmail("helpdesk@helpdesk.example", [f"person{number}@acme.example"], message)
        return letters / (time.perf_counter() - begun)


def through_the_outbox(env: dict[str, str], connections: int, server: MailServer, letters: int) -> float:
    """Letters a second from the word "go" to the last worker's last letter; every letter is sent."""
    workers = [warmed_up(env, server) for _ in range(connections)]
    run("-c", POST.format(letters=letters), env=env)
    taken, begun = len(server.accepted), time.perf_counter()
    for process in workers:
        assert process.stdin is not None
        process.stdin.close()
    for process in workers:
        assert process.stdout is not None and process.stdout.readline() == b"done\n"
    seconds = time.perf_counter() - begun
    assert [process.wait() for process in workers] == [0] * connections
    assert len(server.accepted) - taken == letters
    return letters / seconds


def warmed_up(env: dict[str, str], server: MailServer) -> subprocess.Popen[bytes]:
    """A worker that has sent a few letters already, as one that runs for weeks has: catalogues and codecs are loaded."""
    run("-c", POST.format(letters=20), env=env)
    process = worker(env, server)
    assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    return process


def worker(env: dict[str, str], server: MailServer) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bench.letters", "--work"]
    environment = {**os.environ, **env, "EMAIL_URL": server.url}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def work() -> int:
    """Deliver what waits, and once the parent says so what waits then."""
    setup()
    from helpdesk.outbox import delivery

    delivery.deliver_due(seconds=60)
    print("ready", flush=True)
    sys.stdin.read()
    while delivery.deliver_due(seconds=60):
        pass
    print("done", flush=True)
    return 0


def setup() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    django.setup()


def run(*arguments: str, env: dict[str, str]) -> None:
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env={**os.environ, **env}, check=True)


def sample() -> bytes:
    """A finished message like the letters: the same text and HTML, in base64 as Korean mail is."""
    message = EmailMessage()
    message["Subject"], message["From"] = "Hello", "Helpdesk <helpdesk@helpdesk.example>"
    message["Message-ID"], message["Date"] = make_msgid(domain="helpdesk.example"), formatdate()
    message.set_content(BODY, cte="base64")
    message.add_alternative(f"<p>{BODY}</p>", subtype="html", cte="base64")
    return message.as_bytes(policy=policy.SMTP)


@contextlib.contextmanager
def database_on(server: str) -> Iterator[str]:
    name = f"bench_letters_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0".encode())
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


BODY = (
    "Hello, your account on the portal is ready. Set a password to submit and follow your tickets. " * 4 + "\r\n"
) * 12

POST = """
from bench.letters import BODY, setup
setup()
from helpdesk.outbox import notices
from helpdesk.outbox.models import LINK_PLACEHOLDER, OutgoingEmail
from tests.letters import GREETING, letter, post_letters
notices.register(GREETING)
OutgoingEmail.objects.all().delete()
html = "<p>" + BODY + '</p><a href="' + LINK_PLACEHOLDER + '">open</a>'
post_letters(*(letter(text=LINK_PLACEHOLDER + BODY, html=html) for _ in range({letters})))
"""

if __name__ == "__main__":
    sys.exit(main())
