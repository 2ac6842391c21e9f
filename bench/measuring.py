"""Measuring one act in a process of its own, on a fresh copy of a migrated database: the clock, processors, memory.

The clock says little on a shared machine. So processor time is measured, too: of this process and its children, and of
the database server (where it runs on the same machine; nobody else may use it meanwhile).
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
MEBI = 1024 * 1024


@dataclass(frozen=True)
class Measured:
    """What an act took: seconds on the clock, of our processor and of the database's; MiB above what it began with.

    `rows` are those that it did, as it says itself.
    """

    rows: int
    clock: float
    processor: float
    database: float
    memory: float

    @property
    def work(self) -> float:
        """Processor seconds of both sides."""
        return self.processor + self.database


@dataclass(frozen=True)
class Server:
    """Where is measured. `fresh()` is the environment of an empty, migrated database that ends with the block."""

    title: str
    fresh: Callable[[], AbstractContextManager[dict[str, str]]]


def measured(act: Callable[[], int]) -> Measured:
    """Do it here, with Django set up and the connection open."""
    lowest, database = _reset_memory(), _seconds_of_server()
    clock, processor = time.perf_counter(), _own_seconds()
    rows = act()
    clock, processor = time.perf_counter() - clock, _own_seconds() - processor
    memory = max(_peak() - lowest, 0)
    return Measured(rows, clock, processor, max(_seconds_of_server() - database, 0.0), memory)


def in_child(module: str, env: dict[str, str], *arguments: object) -> Measured:
    """What `python -m module --work arguments` prints as its last line; RuntimeError with its errors where it breaks."""
    command = [sys.executable, "-m", module, "--work", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[2:])}:\n{done.stderr[-4000:]}")
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def tell(result: Measured) -> None:
    """How the child answers `in_child`."""
    print(json.dumps(asdict(result)), flush=True)


def middle(results: list[Measured]) -> Measured:
    """The median of each figure."""
    figures = [asdict(one) for one in results]
    return Measured(**{name: median(one[name] for one in figures) for name in figures[0]})


def set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    import django

    django.setup()
    from django.db import connection

    connection.ensure_connection()


@contextlib.contextmanager
def sqlite(folder: Path) -> Iterator[Server]:
    """SQLite: a migrated file, copied for each act."""
    pattern = folder / "pattern"
    _migrate({"HELPDESK_DATA_DIR": str(pattern), "DATABASE_URL": ""})

    @contextlib.contextmanager
    def fresh() -> Iterator[dict[str, str]]:
        place = folder / "run"
        shutil.copytree(pattern, place)
        try:
            yield {"HELPDESK_DATA_DIR": str(place), "DATABASE_URL": ""}
        finally:
            shutil.rmtree(place)

    yield Server("SQLite", fresh)


@contextlib.contextmanager
def postgresql(folder: Path, url: str) -> Iterator[Server]:
    """PostgreSQL: a migrated database, the template of one for each act."""
    pattern, run = f"bench_pattern_{os.getpid()}", f"bench_run_{os.getpid()}"

    @contextlib.contextmanager
    def fresh() -> Iterator[dict[str, str]]:
        place = folder / "run-pg"
        with _database(url, run, f"TEMPLATE {pattern}") as address:
            _settle(url)
            try:
                yield {"HELPDESK_DATA_DIR": str(place), "DATABASE_URL": address}
            finally:
                shutil.rmtree(place, ignore_errors=True)

    with _database(url, pattern, "ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0") as address:
        _migrate({"HELPDESK_DATA_DIR": str(folder / "pattern-pg"), "DATABASE_URL": address})
        yield Server("PostgreSQL", fresh)


@contextlib.contextmanager
def _database(server: str, name: str, how: str) -> Iterator[str]:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {how}".encode())
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _settle(server: str) -> None:
    """Let nothing that others left to be written fall into our time; needs rights that not everybody has."""
    with psycopg.connect(server, autocommit=True) as connection, contextlib.suppress(psycopg.Error):
        connection.execute("CHECKPOINT")


def _migrate(env: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, check=True)


def _own_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _seconds_of_server() -> float:
    """All of its processes, those that have ended, too: more than one may work for us. 0 where it is none, or elsewhere."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    backend = _stat(str(connection.connection.info.backend_pid))
    if not backend:
        return 0.0
    server = backend[1]
    processes = [stat for path in Path("/proc").glob("[0-9]*") if (stat := _stat(path.name)) and stat[1] == server]
    own = _stat(server)
    ended = sum(map(int, own[11:15])) if own else 0  # its own, and its children's that have ended
    return (ended + sum(int(stat[11]) + int(stat[12]) for stat in processes)) / TICKS


def _stat(process: str) -> list[str]:
    """What stands behind the name in /proc/…/stat: state, parent, …, 11 to 14 times; [] where there is no such process."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _reset_memory() -> float:
    """What we hold now, in MiB; from here on the highest is watched."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def _peak() -> float:
    return _memory("VmHWM")


def _memory(what: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(what + ":"):
            return int(line.split()[1]) * 1024 / MEBI
    return 0.0
