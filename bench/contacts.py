"""`python -m bench.contacts`: the list of contacts, any page of it, and search, in process, with a session and all middleware.

100,000 contacts on SQLite and, where DATABASE_URL names a PostgreSQL server, 1,000,000 there (a database of its own is made
and dropped; some six minutes). Targets are for the clock, on a machine that should have nothing else to do; where it has,
the processor time tells more: ours and, on Linux with the server on the same machine, that of the database's process, one
after the other as the request needs them. Exit code 1 when a target is missed on the clock.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from bench.letters import database_on

if TYPE_CHECKING:
    from django.test import Client

ROOT = Path(__file__).resolve().parent.parent
PAGE_MS, SEARCH_MS, MOST_QUERIES = 15, 50, 6
VIEWS = ("all", "unverified", "verified", "blocked", "deleted")
SORTS = ("name", "newest", "updated")
TERMS = [
    "김", "최", "황", "홍", "구", "ㅎ", "ㅊㅁㅈ", "ㄱㅁㅈ", "길동", "최민", "황민준", "민준", "민 서", "김 gmail", "삼성", "최 삼성", "globex",
    "amelia", "hughes", "sofia rossi", "o'connor", "kim", "gmail", "naver.com", "example", "park_99", "010", "1234", "01012345678",
    "010-2345", "c-0", "c-0999", "C-0012345", "99", "zzzz", "없는사람",
]  # fmt: skip


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one request: on the clock, and of processor time: `own`, and the database server's (0 if unknown)."""

    clock: float
    own: float
    server: float

    @property
    def processor(self) -> float:
        return self.own + self.server


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="of the number of contacts")
    parser.add_argument("--rounds", type=int, default=20, help="requests for each view and sort, and for each term")
    parser.add_argument("--work", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--filled", action="store_true", help="measure the database of the environment as it is")
    arguments = parser.parse_args()
    if arguments.work is not None or arguments.filled:
        return work(arguments.work or 0, arguments.rounds)
    with tempfile.TemporaryDirectory() as name:
        return max(measure_in_child(*case, arguments) for case in cases(Path(name), arguments.scale))


def cases(folder: Path, scale: float) -> Iterator[tuple[str, int, dict[str, str]]]:
    """What is measured: a title, how many contacts, the environment that leads to the database."""
    yield "SQLite", int(100_000 * scale), {"HELPDESK_DATA_DIR": str(folder / "sqlite"), "DATABASE_URL": ""}
    server = os.environ.get("DATABASE_URL", "")
    if server.startswith("postgres"):
        with database_on(server) as url:
            yield "PostgreSQL", int(1_000_000 * scale), {"HELPDESK_DATA_DIR": str(folder / "pg"), "DATABASE_URL": url}


def measure_in_child(title: str, count: int, env: dict[str, str], arguments: argparse.Namespace) -> int:
    print(f"{title}, {count:,} contacts", flush=True)
    environment = {**os.environ, **env}
    if not env["DATABASE_URL"]:
        del environment["DATABASE_URL"]
    command = [sys.executable, "-m", "bench.contacts", "--work", str(count), "--rounds", str(arguments.rounds)]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def work(count: int, rounds: int) -> int:
    """Fill the database (unless `count` is 0), measure, and say whether all targets were met."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    import django
    from django.conf import settings

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    django.setup()
    import helpdesk.wsgi  # noqa: F401 (as the web server starts: with its collector's settings)
    from bench.people import fill, someone_at_the_desk

    if count:
        fill(count)
    with someone_at_the_desk() as client:
        return int(measure_lists(client, rounds) | measure_searches(client, rounds))


def measure_lists(client: Client, rounds: int) -> bool:
    """Each view in each order: the first page, and pages from anywhere. True when a target was missed."""
    missed = False
    for view in VIEWS:
        addresses = [address for sort in SORTS for address in addresses_in(view, sort, rounds)]
        for address in addresses[:5]:
            get(client, address)
        times = [timed(client, address) for address in addresses]
        queries = max(queries_of(client, address) for address in addresses[:: max(rounds // 2, 1)])
        missed |= report(f"view {view}", times, PAGE_MS) or queries > MOST_QUERIES
        print(f"    at most {queries} queries")
    return missed


def addresses_in(view: str, sort: str, rounds: int) -> list[str]:
    """The first page and `rounds - 1` pages that begin behind contacts chosen by lot."""
    from contacts.models import VIEWS as CONDITIONS
    from contacts.models import Contact
    from contacts.queries.listing import ORDERS
    from helpdesk.ui.paging import Cursor

    order, dice = ORDERS[sort], random.Random(7)
    shown = Contact.objects.filter(CONDITIONS[view])
    last = Contact.objects.order_by("-pk")[:1].get().pk
    edges: list[Any] = [
        shown.filter(pk__gte=dice.randrange(1, last + 1)).order_by("pk").first() for _ in range(rounds - 1)
    ]
    cursors = [
        Cursor(dice.choice(["after", "before"]), None if order.field == "pk" else getattr(edge, order.field), edge.pk).encode()
        for edge in edges if edge
    ]  # fmt: skip
    return [f"/contacts/?view={view}&sort={sort}&cursor={cursor}" for cursor in ["", *cursors]]


def measure_searches(client: Client, rounds: int) -> bool:
    """Each term by name: the first page, as it is typed. True when a target was missed."""
    from urllib.parse import quote

    missed = False
    everything: list[Timing] = []
    for term in TERMS:
        address = f"/contacts/?q={quote(term)}"
        get(client, address)
        times = [timed(client, address) for _ in range(rounds)]
        everything += times
        missed |= report(f"search {term}", times, SEARCH_MS)
    return report("search, all terms", everything, SEARCH_MS) or missed


def report(what: str, times: list[Timing], target: float) -> bool:
    """One line; True when the 95th percentile on the clock is above the target."""
    p95, busy = (quantiles(kind, n=20)[-1] for kind in ([one.clock for one in times], [one.processor for one in times]))
    least, middle = min(one.processor for one in times), median(one.processor for one in times)
    server = median(one.server for one in times)
    print(
        f"  {what:24} median {median(one.clock for one in times):6.1f} ms  p95 {p95:6.1f} ms  (processor: least {least:5.1f}"
        f"  median {middle:5.1f}, {server:4.1f} of it the server's  p95 {busy:5.1f}){'  MISSED' if p95 > target else ''}",
        flush=True,
    )
    return p95 > target


def timed(client: Client, address: str) -> Timing:
    server = server_time()
    clock, own = time.perf_counter(), time.process_time()
    get(client, address)
    clock, own = time.perf_counter() - clock, time.process_time() - own
    return Timing(clock * 1000, own * 1000, server_time() - server)


def server_time() -> float:
    """Milliseconds of processor time that the database's process has had so far; 0 where it cannot be asked."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    try:
        return int(Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()[0]) / 1e6
    except OSError:
        return 0.0


def get(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)


def queries_of(client: Client, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        get(client, address)
    return len(captured)


if __name__ == "__main__":
    raise SystemExit(main())
