"""`python -m bench.profile`: the profile of a contact with 10,000 events, in process, with a session and all middleware.

Letters, sign-ins, edits, notes and rows of jobs, 2,000 each, on SQLite and, where DATABASE_URL names a PostgreSQL server,
there too (a database of its own is made and dropped). Measured: the profile, its filters, and pages of the timeline from
its beginning to its end. Exit code 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

from bench.contacts import queries_of, report, timed
from bench.letters import database_on

if TYPE_CHECKING:
    from django.test import Client

    from contacts.models import Contact

ROOT = Path(__file__).resolve().parent.parent
PROFILE_MS, MOST_QUERIES = 25, 12
KINDS = ("", "notes", "changes", "signins", "letters", "jobs")
PEOPLE = 2000  # others, so that the tables hold more than one contact
OLDER = re.compile(r'rel="next" href="([^"#]+)#')
BUSY = ("unverified", "verified")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000, help="of each of the two contacts measured")
    parser.add_argument("--rounds", type=int, default=100, help="requests for each address")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        return work(arguments.events, arguments.rounds)
    with tempfile.TemporaryDirectory() as name:
        return max(measure_in_child(*case, arguments) for case in cases(Path(name)))


def cases(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    yield "SQLite", {"HELPDESK_DATA_DIR": str(folder / "sqlite"), "DATABASE_URL": ""}
    server = os.environ.get("DATABASE_URL", "")
    if server.startswith("postgres"):
        with database_on(server) as url:
            yield "PostgreSQL", {"HELPDESK_DATA_DIR": str(folder / "pg"), "DATABASE_URL": url}


def measure_in_child(title: str, env: dict[str, str], arguments: argparse.Namespace) -> int:
    print(f"{title}, {arguments.events:,} events", flush=True)
    environment = {**os.environ, **env}
    if not env["DATABASE_URL"]:
        del environment["DATABASE_URL"]
    command = [
        sys.executable,
        "-m",
        "bench.profile",
        "--work",
        f"--events={arguments.events}",
        f"--rounds={arguments.rounds}",
    ]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def work(events: int, rounds: int) -> int:
    """Fill the database, measure, and say whether all targets were met."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    import django
    from django.conf import settings

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    django.setup()
    from django.db import connection

    import helpdesk.wsgi  # noqa: F401 (as the web server starts: with its collector's settings)
    from bench.people import fill, someone_at_the_desk
    from contacts.models import Contact

    fill(PEOPLE)
    busy = {name: getattr(Contact.objects, name)().exclude(company=None).order_by("pk")[7] for name in BUSY}
    for contact in busy.values():
        make_busy(contact, events)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with someone_at_the_desk() as client:
        missed = [measure(client, name, contact, rounds) for name, contact in busy.items()]
    return int(any(missed))


def make_busy(contact: Contact, events: int) -> None:
    """`events` of all kinds in equal parts, a quarter of an hour apart, the newest just now."""
    from contacts.notices import CONTACT
    from helpdesk.audit.actions import Entry, record_all
    from helpdesk.jobs.models import Job, JobRow
    from helpdesk.outbox.models import OutgoingEmail, State
    from helpdesk.timeline.models import Note
    from helpdesk.users.actors import visitor

    moments = [datetime.now(UTC) - timedelta(minutes=15 * number) for number in range(events // 5)]
    changes = {
        "job_title": ("과장", "부장"),
        "department": ("구매팀", "영업팀"),
        "notes": ("", "Likes to be called in the morning."),
    }
    record_all([Entry("contact.edit", contact, changes, at=at) for at in moments], by=visitor())
    record_all([Entry("contact.sign_in", contact, at=at) for at in moments], by=visitor(ip="203.0.113.9"))
    OutgoingEmail.objects.bulk_create(
        OutgoingEmail(
            notice="user_activation", cause=f"bench:{contact.pk}:{number}", about_kind=CONTACT, about_id=contact.pk,
            to_email="a@acme.example", language="ko", subject="s", text="t" * 2000, html="h" * 8000, state=State.SENT,
            created_at=at, finished_at=at,
        )
        for number, at in enumerate(reversed(moments))
    )  # fmt: skip
    Note.objects.bulk_create(
        Note(about_kind=CONTACT, about_id=contact.pk, text="Called back, see https://acme.example/42.\n" * 3, author_name="Ada Agent", created_at=at)
        for at in moments
    )  # fmt: skip
    job = Job.objects.create(kind="bench", owner_name="Ada Agent")
    JobRow.objects.bulk_create(
        JobRow(job=job, number=number, outcome="done", target_kind=CONTACT, target_id=contact.pk, at=at)
        for number, at in enumerate(moments, 1)
    )


def measure(client: Client, name: str, contact: Contact, rounds: int) -> bool:
    """Each filter's first page, then older ones. True when a target was missed."""
    missed = False
    base = contact.get_absolute_url()
    for kind in KINDS:
        address = f"{base}?kind={kind}" if kind else base
        missed |= measured(client, f"{name} {kind or 'profile'}", [address] * rounds)
    missed |= measured(client, f"{name}, older pages", older_pages(client, base, rounds))
    return missed


def measured(client: Client, what: str, addresses: list[str]) -> bool:
    for address in addresses[:5]:
        timed(client, address)
    times = [timed(client, address) for address in addresses]
    queries = max(queries_of(client, address) for address in addresses[:: max(len(addresses) // 2, 1)])
    print(f"    {queries} queries")
    return report(what, times, PROFILE_MS) or queries > MOST_QUERIES


def older_pages(client: Client, base: str, count: int) -> list[str]:
    """Every page on the way to the end, thinned out to `count`, the last one among them."""
    addresses = [base]
    while found := OLDER.search(client.get(addresses[-1]).content.decode()):
        addresses.append(base + unescape(found[1]))
    return addresses[:: -max(len(addresses) // count, 1)]


if __name__ == "__main__":
    raise SystemExit(main())
