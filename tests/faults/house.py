"""A helpdesk of real processes in a folder of its own, to be mistreated.

Embedded by default (SQLite, broker on disk); with DATABASE_URL and REDIS_URL set, a fresh database on that server and a
database number of its own on that Redis. Every process is a group of its own, so that a kill takes its children along.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis

ROOT = Path(__file__).resolve().parent.parent.parent
LEASE = 3.0
REDIS_DATABASE = 13


class House:
    """`folder` holds everything mutable; `env` is what its processes see."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.folder = folder
        self.env = {**_clean_environment(), "HELPDESK_TESTING": "1", "HELPDESK_DATA_DIR": str(folder)}
        self.env |= {"OUTBOX_LEASE_SECONDS": str(LEASE), **_broker(), **env}
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str, **env: str) -> subprocess.Popen[bytes]:
        """Run `python …` with this house's environment, output into `processes.log`; ended with the house."""
        with (self.folder / "processes.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env={**self.env, **env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def run(self, *command: str, seconds: float = 60) -> str:
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

    def worker(self, **env: str) -> subprocess.Popen[bytes]:
        """A background worker as `manage.py worker` starts it."""
        return self.start("manage.py", "worker", **env)

    def signal(self, process: subprocess.Popen[bytes], what: signal.Signals) -> None:
        """To the process and all its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, what)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """`kill -9`, children included."""
        self.signal(process, signal.SIGKILL)
        process.wait(10)

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

    def check(self) -> None:
        """Fail, naming them, where invariants are broken."""
        self.run("-m", "tests.faults.invariants")

    def close(self) -> None:
        for process in self._processes:
            self.signal(process, signal.SIGCONT)
            self.kill(process)

    def log(self) -> str:
        """What the processes said, for a failed test's message."""
        path = self.folder / "processes.log"
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""


@contextlib.contextmanager
def open_house(folder: Path, template: Template, **env: str) -> Iterator[House]:
    """A migrated house; everything ends with the block."""
    with template.copied(folder) as database:
        house = House(folder, **database, **env)
        try:
            yield house
        finally:
            house.close()


class Template:
    """A database migrated once and copied for each house."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = os.environ.get("DATABASE_URL", "")
        self._names: list[str] = []
        env = {"DATABASE_URL": self._create("tests_house")} if self._server else {}
        self._house = House(folder, **env)
        self._house.run("manage.py", "migrate", "--verbosity", "0")
        self._house.run("manage.py", "createcachetable")

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
        shutil.copy(self._folder / "secret_key", folder / "secret_key")

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


def wait_until(condition: Callable[[], bool], *, seconds: float, what: str, house: House | None = None) -> float:
    """Wait for `condition` and return how long it took; fail with `what` when it does not come."""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > seconds:
            raise AssertionError(f"{what}: not within {seconds} s. {house.log() if house else ''}")
        time.sleep(0.05)
    return time.monotonic() - begun


def _clean_environment() -> dict[str, str]:
    """This process's, without what would lead elsewhere."""
    ours = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "BASE_URL", "HOST", "PORT", "DJANGO_SETTINGS_MODULE")
    return {name: value for name, value in os.environ.items() if name not in ours}


def _broker() -> dict[str, str]:
    """An emptied database number of the given Redis; nothing for the broker on disk."""
    if not (url := os.environ.get("REDIS_URL")):
        return {}
    own = urlunsplit(urlsplit(url)._replace(path=f"/{REDIS_DATABASE}"))
    with redis.Redis.from_url(own) as client:
        client.flushdb()
    return {"REDIS_URL": own}
