"""`python -m bench.merge`: two contacts with 1,000 letters each become one, and two again.

On SQLite and, where DATABASE_URL names a PostgreSQL server, there too (a database of its own is made and dropped). The
median of the rounds counts. Exit code 1 when the target is missed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.profile import cases

if TYPE_CHECKING:
    from contacts.models import Contact

ROOT = Path(__file__).resolve().parent.parent
MERGE_SECONDS = 1.0
PEOPLE = 2000  # others, so that the tables hold more than two contacts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=1000, help="of each of the two")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        return work(arguments.letters, arguments.rounds)
    with tempfile.TemporaryDirectory() as name:
        return max(measure_in_child(*case, arguments) for case in cases(Path(name)))


def measure_in_child(title: str, env: dict[str, str], arguments: argparse.Namespace) -> int:
    print(f"{title}, {arguments.letters:,} letters each", flush=True)
    environment = {**os.environ, **env}
    if not env["DATABASE_URL"]:
        del environment["DATABASE_URL"]
    numbers = [f"--letters={arguments.letters}", f"--rounds={arguments.rounds}"]
    command = [sys.executable, "-m", "bench.merge", "--work", *numbers]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def work(letters: int, rounds: int) -> int:
    """Fill the database, merge and unmerge, and say whether the target was met."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    import django

    django.setup()
    from bench.people import fill
    from contacts.models import Contact

    fill(PEOPLE)
    merges, undoings = [], []
    for number in range(rounds):
        pair = Contact.objects.verified().order_by("pk")[2 * number : 2 * number + 2]
        merged, undone = _merge_and_undo(list(pair), letters)
        merges.append(merged)
        undoings.append(undone)
    ratio = median(merges) / MERGE_SECONDS
    print(f"    merge {median(merges):.3f} s (slowest {max(merges):.3f}), {ratio:.2f} of the {MERGE_SECONDS} s allowed")
    print(f"    undo  {median(undoings):.3f} s (slowest {max(undoings):.3f})")
    return int(ratio > 1)


def _merge_and_undo(pair: list[Contact], letters: int) -> tuple[float, float]:
    from contacts.actions.merging import merge_contacts
    from contacts.actions.unmerging import unmerge
    from helpdesk.users.actors import system

    for contact in pair:
        _write(contact, letters)
    survivor, other = pair
    versions = {contact.pk: contact.version for contact in pair}
    merge = partial(merge_contacts, survivor, [other], {}, versions=versions, by=system("command"))
    merged, done = _timed(merge)
    undone, _ = _timed(partial(unmerge, done, by=system("command")))
    return merged, undone


def _write(contact: Contact, count: int) -> None:
    from contacts.notices import CONTACT
    from helpdesk.outbox.models import OutgoingEmail

    OutgoingEmail.objects.bulk_create(
        OutgoingEmail(
            notice="user_activation", cause=f"bench.merge:{contact.pk}:{number}", about_kind=CONTACT, about_id=contact.pk,
            to_email="a@acme.example", language="ko", subject="s", text="t" * 800, html="h" * 4000, state="failed",
        )
        for number in range(count)
    )  # fmt: skip


def _timed(act: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    result = act()
    return time.perf_counter() - begin, result


if __name__ == "__main__":
    sys.exit(main())
