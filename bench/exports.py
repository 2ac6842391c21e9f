"""`python -m bench.exports`: all contacts of a helpdesk as a file, against other ways to do it, in the same run.

Ours is the whole job in process: the frozen selection, all columns, the file in its store. 100,000 contacts, one in five
with a further email, half of them with tags, on SQLite and, where DATABASE_URL names a PostgreSQL server, there (databases
of its own are made and dropped). Exit code 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from bench.imports import servers
from bench.measuring import Measured, Server, in_child, measured, middle, set_up, tell
from bench.tables import Table

FEW, MANY = 10_000, 100_000
FLAT = 8.0  # MiB that ten times as many contacts may take more

Act = Callable[[], int]

EACH_ROUND = {
    "PostgreSQL": [("ours", "csv"), ("copy", "csv"), ("ours", "xlsx")],
    "SQLite": [("ours", "csv"), ("ours", "xlsx")],
}
ONCE = [("prefetched", "csv"), ("write_only", "xlsx")]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="of the number of contacts")
    parser.add_argument("--rounds", type=int, default=3, help="the median counts; the slowest run once")
    parser.add_argument("--only", default="", choices=["", *EACH_ROUND], help="on one of the two")
    parser.add_argument("--work", nargs=2, metavar=("WHO", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument("--fill", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.fill:
        return fill(arguments.fill)
    if arguments.work:
        return work(arguments.work[0], Path(arguments.work[1]))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        found = servers(stack, folder, arguments.only)
        return max(int(measure(server, folder, arguments)) for server in found)


def measure(server: Server, folder: Path, arguments: argparse.Namespace) -> bool:
    """Fill, measure, print the table; whether a target was missed."""
    results: dict[tuple[str, str], list[Measured]] = defaultdict(list)
    small = [("ours", "csv"), ("ours", "xlsx"), ("resource", "csv")]  # the last would take minutes in the larger one
    few = dict(of_contacts(server, int(FEW * arguments.scale), small, folder))
    rounds = [*EACH_ROUND[server.title], *ONCE, *(arguments.rounds - 1) * EACH_ROUND[server.title]]
    for key, result in of_contacts(server, int(MANY * arguments.scale), rounds, folder):
        results[key].append(result)
    return _table(server, arguments.scale, {key: middle(found) for key, found in results.items()}, few).show()


def of_contacts(
    server: Server, count: int, acts: list[tuple[str, str]], folder: Path
) -> list[tuple[tuple[str, str], Measured]]:
    """Each of `acts` in a helpdesk of `count` contacts."""
    results = []
    with server.fresh() as env:
        in_child("bench.exports", env, "none", "none", "--fill", count)
        for who, kind in acts:
            result = in_child("bench.exports", env, who, folder / f"out.{kind}")
            assert result.rows == count, (who, kind, result)
            results.append(((who, kind), result))
            print(f"    {who:12} {kind:4} {count:9,}: {result}", file=sys.stderr, flush=True)
    return results


def _table(
    server: Server, scale: float, found: dict[tuple[str, str], Measured], few: dict[tuple[str, str], Measured]
) -> Table:
    table = Table(f"Export of {int(MANY * scale):,}, {server.title}")
    csv, xlsx = found["ours", "csv"], found["ours", "xlsx"]
    table.faster("CSV / django-import-export", csv, few["resource", "csv"], limit=60)
    table.faster("CSV / django-import-export, prefetched", csv, found["prefetched", "csv"], limit=0)
    if ("copy", "csv") in found:
        table.slower("CSV / chunked COPY", csv, found["copy", "csv"], limit=3)
    table.faster("XLSX / openpyxl, write-only", xlsx, found["write_only", "xlsx"], limit=4)
    table.memory("memory, CSV (as of 10,000)", csv, limit=few["ours", "csv"].memory + FLAT)
    table.memory("memory, XLSX (as of 10,000)", xlsx, limit=few["ours", "xlsx"].memory + FLAT)
    return table


def fill(count: int) -> int:
    """In the child: `count` contacts that are not deleted, some with further emails and tags."""
    set_up()
    from django.db import connection

    from bench import people

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP INDEX contact_search")  # no export asks it
        people.make_people(count, people.make_companies())
        for statement in DRESSING:
            cursor.execute(statement)
        cursor.execute("VACUUM" if connection.vendor == "postgresql" else "SELECT 1")
        cursor.execute("ANALYZE")
    tell(Measured(count, 0, 0, 0, 0))
    return 0


DRESSING = [
    "UPDATE contacts_contact SET deleted_at = NULL WHERE deleted_at IS NOT NULL",
    "INSERT INTO contacts_address (key, email, contact_id, is_primary)"
    " SELECT 'more.' || key, 'more.' || email, contact_id, false FROM contacts_address WHERE id % 5 = 0",
    "INSERT INTO contacts_tag (name, key) VALUES ('vip', 'vip'), ('2026', '2026'), ('도매', '도매'), ('partner', 'partner')",
    "INSERT INTO contacts_tagging (contact_id, tag_id) SELECT c.id, t.id FROM contacts_contact c"
    " JOIN contacts_tag t ON (c.id + t.id) % 6 = 0 WHERE c.id % 2 = 0",
]


def work(who: str, file: Path) -> int:
    """In the child: one act, measured."""
    set_up()
    tell(measured(ACTS[who](file)))
    return 0


def _ours(file: Path) -> Act:
    from bench import ours

    return ours.exporting(file)


def _resource(name: str, file: Path) -> Act:
    from bench.peers import resources

    return partial(resources.export, getattr(resources, name)(), file)


def _reading(name: str, file: Path) -> Act:
    from bench.peers import reading

    return partial(getattr(reading, name), file)


ACTS: dict[str, Callable[[Path], Act]] = {
    "ours": _ours,
    "resource": partial(_resource, "ContactExport"),
    "prefetched": partial(_resource, "PrefetchedContactExport"),
    "copy": partial(_reading, "copy_out"),
    "write_only": partial(_reading, "write_only"),
}

if __name__ == "__main__":
    sys.exit(main())
