"""`python -m bench.imports`: files of contacts into an empty helpdesk, against other ways to do it, in the same run.

Ours is the whole job in process, from the uploaded file to the last row: conversion, matching, effects with address keys,
companies and tags, row results, before-values, everything that undo needs. The peers (`bench.peers`) do less. On SQLite
and, where DATABASE_URL names a PostgreSQL server, there (databases of its own are made and dropped). Exit code 1 when a
target is missed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from bench import sheets
from bench.measuring import Measured, Server, in_child, measured, middle, postgresql, set_up, sqlite, tell
from bench.tables import Table

FEW, MANY, MOST = 10_000, 100_000, 1_000_000
MEMORY = 60.0  # MiB
FLAT = 8.0  # MiB that ten times as many rows may take more

Act = Callable[[], int]
Key = tuple[str, str, int]
"""Who does it, from which kind of file, how many rows."""

EACH_ROUND: dict[str, list[Key]] = {
    "PostgreSQL": [
        ("ours", "csv", FEW), ("ours", "csv", MANY), ("bare_copy", "csv", MANY), ("bulk_create", "csv", MANY),
        ("ours", "xlsx", MANY),
    ],
    "SQLite": [("ours", "csv", MANY), ("bulk_create", "csv", MANY), ("ours", "xlsx", MANY)],
}  # fmt: skip
ONCE: dict[str, list[Key]] = {
    "PostgreSQL": [("resource", "csv", FEW), ("bulk_mode", "csv", MANY), ("cached_bulk_mode", "csv", MANY)],
    "SQLite": [],
}
LONGEST: Key = ("ours", "csv", MOST)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="of the number of rows")
    parser.add_argument("--rounds", type=int, default=3, help="the median counts; the slowest run once")
    parser.add_argument("--only", default="", choices=["", *EACH_ROUND], help="on one of the two")
    parser.add_argument("--no-million", action="store_true", help="leave the longest file out")
    parser.add_argument("--work", nargs=2, metavar=("WHO", "FILE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        return work(arguments.work[0], Path(arguments.work[1]))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        benches = [Bench(server, folder, arguments) for server in servers(stack, folder, arguments.only)]
        return max(int(bench.run()) for bench in benches)


def servers(stack: ExitStack, folder: Path, only: str) -> list[Server]:
    found = [stack.enter_context(sqlite(folder))] if only != "PostgreSQL" else []
    url = os.environ.get("DATABASE_URL", "")
    if url.startswith("postgres") and only != "SQLite":
        found.append(stack.enter_context(postgresql(folder, url)))
    return found


class Bench:
    """All measurements on one server."""

    def __init__(self, server: Server, folder: Path, arguments: argparse.Namespace) -> None:
        self._server, self._folder = server, folder
        self._scale: float = arguments.scale
        self._rounds: int = arguments.rounds
        self._has_million = not arguments.no_million
        self._results: dict[Key, list[Measured]] = defaultdict(list)

    def run(self) -> bool:
        """Measure, print the table; whether a target was missed."""
        for number in range(self._rounds):
            for key in [*EACH_ROUND[self._server.title], *(ONCE[self._server.title] if number == 0 else [])]:
                self._measure(key)
        if self._has_million:
            self._measure(LONGEST)
        return self._table().show()

    def _measure(self, key: Key) -> None:
        who, kind, count = key
        rows = int(count * self._scale)
        file = sheets.write(self._folder / f"{rows}.{kind}", rows)
        with self._server.fresh() as env:
            result = in_child("bench.imports", env, who, file)
        assert result.rows == rows, (key, result)
        self._results[key].append(result)
        print(f"    {who:18} {kind:4} {rows:9,}: {result}", file=sys.stderr, flush=True)

    def _table(self) -> Table:
        table = Table(f"Import, {self._server.title}" + (f", {self._scale:g} of the rows" if self._scale != 1 else ""))
        (self._beside_peers if self._server.title == "PostgreSQL" else self._beside_bulk_create)(table)
        many, xlsx = self._middle("ours", "csv", MANY), self._middle("ours", "xlsx", MANY)
        table.slower("XLSX of 100,000 / CSV of 100,000", xlsx, many, limit=1.15)
        table.memory("memory, CSV of 100,000", many, limit=MEMORY)
        if self._has_million:
            most = self._middle(*LONGEST)
            limit = 1.3 if self._server.title == "PostgreSQL" else 2.0
            table.slower("a row of 1,000,000 / a row of 100,000", most, many, limit=limit)
            table.memory("memory, CSV of 1,000,000", most, limit=many.memory + FLAT)
        return table

    def _beside_peers(self, table: Table) -> None:
        few, many = self._middle("ours", "csv", FEW), self._middle("ours", "csv", MANY)
        other = partial(self._middle, kind="csv", count=MANY)
        table.faster("10,000 / django-import-export", few, self._middle("resource", "csv", FEW), limit=80)
        table.faster("100,000 / its bulk mode", many, other("bulk_mode"), limit=25)
        table.faster("100,000 / its bulk mode, lookups cached", many, other("cached_bulk_mode"), limit=0)
        table.faster("100,000 / bulk_create(update_conflicts)", many, other("bulk_create"), limit=2)
        table.slower("100,000 / COPY + upsert of contacts alone", many, other("bare_copy"), limit=3)

    def _beside_bulk_create(self, table: Table) -> None:
        many, other = self._middle("ours", "csv", MANY), self._middle("bulk_create", "csv", MANY)
        table.faster("100,000 / bulk_create(update_conflicts)", many, other, limit=4)

    def _middle(self, who: str, kind: str, count: int) -> Measured:
        return middle(self._results[who, kind, count])


def work(who: str, file: Path) -> int:
    """In the child: one act, measured; what comes before it is not."""
    set_up()
    tell(measured(ACTS[who](file)))
    return 0


def _ours(file: Path) -> Act:
    from bench import ours

    return ours.importing(file)


def _resource(name: str, file: Path) -> Act:
    from bench.peers import resources

    return partial(resources.run, getattr(resources, name)(), file)


def _bulk_create(file: Path) -> Act:
    from bench.peers import bulk_create

    return partial(bulk_create.run, file)


def _bare_copy(file: Path) -> Act:
    from bench.peers import bare_copy

    bare_copy.make_table()
    return partial(bare_copy.run, bare_copy.prepared(file))


ACTS: dict[str, Callable[[Path], Act]] = {
    "ours": _ours,
    "resource": partial(_resource, "ContactResource"),
    "bulk_mode": partial(_resource, "BulkContactResource"),
    "cached_bulk_mode": partial(_resource, "CachedBulkContactResource"),
    "bulk_create": _bulk_create,
    "bare_copy": _bare_copy,
}

if __name__ == "__main__":
    sys.exit(main())
