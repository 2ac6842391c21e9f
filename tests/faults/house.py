"""A helpdesk of real processes in a folder of its own, to be mistreated.

Embedded by default (SQLite, broker on disk); with DATABASE_URL and REDIS_URL set, a fresh database on that server and a
Redis of its own. Every process is a group of its own, so that a kill takes its children along.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import environ
import psutil
import psycopg
from django.core.management import call_command
from django.db import connections
from django.test import override_settings

from helpdesk.running import programs
from tests.faults.invariants import check_invariants
from tests.faults.redis_server import own_broker
from tests.patience import PATIENCE, leashed, wait_for

ROOT = Path(__file__).resolve().parent.parent.parent
LEASE = 3.0
Unblock = Callable[[], AbstractContextManager[None]]
"""Lets a test reach a database: pytest-django's `django_db_blocker.unblock`."""


class House:
    """`folder` holds everything mutable; `env` is what its processes see."""

    def __init__(self, folder: Path, unblock: Unblock, **env: str) -> None:
        self.folder = folder
        self._unblock = unblock
        self.env = {**_clean_environment(), "HELPDESK_TESTING": "1", "HELPDESK_DATA_DIR": str(folder)}
        leases = {"OUTBOX_LEASE_SECONDS": str(LEASE), "JOBS_LEASE_SECONDS": str(LEASE)}
        broker = {"REDIS_URL": url} if (url := own_broker()) else {}
        self.env |= {**leases, **broker, **env}
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str, **env: str) -> subprocess.Popen[bytes]:
        """Run `python …` with this house's environment, output into `processes.log`; ended with the house."""
        with (self.folder / "processes.log").open("ab") as log:
            process = subprocess.Popen(
                [*leashed(), sys.executable, *command],
                cwd=ROOT,
                env={**self.env, **env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def run(self, *command: str, seconds: float = PATIENCE) -> str:
        """The same, waited for; its output. Fails where it fails."""
        finished = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr[-3000:]
        return finished.stdout

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """This process works on the house's database for a while: as `run`, without the start of another Python.

        Rings reach nobody; a worker finds what is due when it starts, and every five seconds.
        """
        usual = connections["default"]
        url = self.env.get("DATABASE_URL") or f"sqlite:///{self.folder / 'helpdesk.sqlite3'}"
        inner = type(usual)({**connections.settings["default"], **environ.Env.db_url_config(url)}, "default")
        connections["default"] = inner
        try:
            with self._unblock(), override_settings(DATA_DIR=self.folder):
                yield
        finally:
            inner.close()
            connections["default"] = usual

    def worker(self, **env: str) -> subprocess.Popen[bytes]:
        """A background worker, as what `manage.py worker` becomes."""
        processes = int(self.env.get("WORKER_PROCESSES", "1"))
        return self.start(*programs.worker(processes=processes, beat_schedule=None).command[1:], **env)

    def freeze(self, process: subprocess.Popen[bytes]) -> None:
        """SIGSTOP, at a moment when nobody waits for it: on SQLite, who stops inside a transaction stops everybody."""

        def is_frozen() -> bool:
            self.signal(process, signal.SIGSTOP)
            if self._takes_writers():
                return True
            self.signal(process, signal.SIGCONT)
            return False

        wait_for(is_frozen, otherwise=self.log)

    def signal(self, process: subprocess.Popen[bytes], what: signal.Signals) -> None:
        """To the process and all its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, what)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """`kill -9`, children included."""
        self.signal(process, signal.SIGKILL)
        process.wait(PATIENCE)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Look straight into this house's database."""
        if url := self.env.get("DATABASE_URL"):
            with psycopg.connect(url, autocommit=True) as connection:
                return connection.execute(sql.encode()).fetchall()
        with contextlib.closing(sqlite3.connect(self.folder / "helpdesk.sqlite3", timeout=20)) as connection:
            return connection.execute(sql).fetchall()

    def letters(self) -> Counter[str]:
        """How many letters stand in each state."""
        return Counter(dict(self.query("SELECT state, count(*) FROM outbox_outgoingemail GROUP BY state")))

    def addresses(self, state: str) -> set[str]:
        """To whom the letters in `state` go."""
        rows = self.query(f"SELECT to_email FROM outbox_outgoingemail WHERE state = '{state}'")  # noqa: S608
        return {address for (address,) in rows}

    def check(self, accepted: Path | None = None) -> None:
        """Fail, naming them, where invariants are broken; `accepted` is a mail server's list of what it took."""
        taken = accepted.read_text().splitlines() if accepted else []
        with self.inside():
            check_invariants(accepted=[json.loads(line)["id"] for line in taken])

    def close(self) -> None:
        for process in self._processes:
            self.signal(process, signal.SIGCONT)
            self.kill(process)
        while left := [process for process in psutil.process_iter() if self._lives_here(process)]:
            for stray in left:
                with contextlib.suppress(psutil.NoSuchProcess):
                    stray.kill()
            psutil.wait_procs(left, timeout=1)

    def _lives_here(self, process: psutil.Process) -> bool:
        try:
            is_dead = process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE
            return not is_dead and process.environ().get("HELPDESK_DATA_DIR") == str(self.folder)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    def _takes_writers(self) -> bool:
        if "DATABASE_URL" in self.env:
            return True
        with contextlib.closing(sqlite3.connect(self.folder / "helpdesk.sqlite3", timeout=2)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            connection.rollback()
            return True

    def log(self) -> str:
        """What the processes said, for a failed test's message."""
        path = self.folder / "processes.log"
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""


@contextlib.contextmanager
def open_house(folder: Path, template: Template, **env: str) -> Iterator[House]:
    """A migrated house; everything ends with the block."""
    with template.copied(folder) as database:
        house = House(folder, template.unblock, **database, **env)
        try:
            yield house
        finally:
            house.close()


class Template:
    """A database migrated once and copied for each house."""

    def __init__(self, folder: Path, unblock: Unblock) -> None:
        self._folder = folder
        self.unblock = unblock
        self._server = os.environ.get("DATABASE_URL", "")
        self._names: list[str] = []
        env = {"DATABASE_URL": self._create("tests_house")} if self._server else {}
        with House(folder, unblock, **env).inside():
            call_command("migrate", verbosity=0)
            call_command("createcachetable")

    @contextlib.contextmanager
    def copied(self, folder: Path) -> Iterator[dict[str, str]]:
        """The environment that leads to a copy."""
        if not self._server:
            self._copy_file(folder)
            yield {}
            return
        name = f"tests_house_{os.getpid()}_{time.monotonic_ns()}"
        url = self._create(name, template=self._names[0])
        try:
            yield {"DATABASE_URL": url}
        finally:
            self._drop(name)

    def close(self) -> None:
        for name in self._names[:1]:
            self._drop(name)

    def _copy_file(self, folder: Path) -> None:
        with (
            contextlib.closing(sqlite3.connect(self._folder / "helpdesk.sqlite3")) as source,
            contextlib.closing(sqlite3.connect(folder / "helpdesk.sqlite3")) as copy,
        ):
            source.backup(copy)

    def _create(self, name: str, *, template: str = "template0") -> str:
        name = f"{name}_{os.getpid()}" if template == "template0" else name
        self._names.append(name)
        options = "ENCODING 'UTF8' LOCALE 'C.UTF-8'" if template == "template0" else ""
        self._on_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {options}')
        return urlunsplit(urlsplit(self._server)._replace(path=f"/{name}"))

    def _drop(self, name: str) -> None:
        self._on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _on_server(self, sql: str) -> None:
        address = urlunsplit(urlsplit(self._server)._replace(path="/postgres"))
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.encode())


def wait_until(
    condition: Callable[[], bool], *, what: str, house: House | None = None, seconds: float = PATIENCE
) -> float:
    """Wait for `condition`, no less than PATIENCE, and return how long it took; fail with `what` when it does not come."""
    begun = time.monotonic()
    wait_for(condition, otherwise=lambda: f"{what}. {house.log() if house else ''}", seconds=max(seconds, PATIENCE))
    return time.monotonic() - begun


def _clean_environment() -> dict[str, str]:
    """This process's, without what would lead elsewhere."""
    ours = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "BASE_URL", "HOST", "PORT", "DJANGO_SETTINGS_MODULE")
    return {name: value for name, value in os.environ.items() if name not in ours}
