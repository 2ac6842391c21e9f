"""A data directory, and where the suite runs on PostgreSQL and Redis a database and a broker, for the real runner."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest

from tests.faults.redis_server import own_broker
from tests.running.runner import Runner

StartRunner = Callable[..., Runner]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    """A database of this module's own on the suite's PostgreSQL; empty for the embedded default."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield ""
        return
    name = f"running_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} LOCALE 'C.UTF-8' TEMPLATE template0")
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def redis_url() -> str:
    """A Redis of this process's own where the suite runs on one; empty for the embedded default."""
    return own_broker()


@pytest.fixture(scope="module")
def start(home: Path, database_url: str, redis_url: str) -> StartRunner:
    """`with start() as runner:` runs everything on this module's data directory."""
    return partial(Runner, home, database_url=database_url, redis_url=redis_url)
