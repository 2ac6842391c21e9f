"""A Redis of a test's own, to be killed, flushed and frozen."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import redis

from tests.patience import free_port, leashed, wait_for

PROGRAM = shutil.which("redis-server")
DATABASE = 10 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 6
"""10 to 15: one for each process of the suite, where there is no program to start a Redis of its own."""


class RedisServer:
    """A process that keeps nothing on disk; ends with the `with` block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()

    def start(self) -> None:
        """Empty, on the same port each time; returns when it answers."""
        assert PROGRAM is not None
        options = ["--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(
            [*leashed(), PROGRAM, *options, "--dir", str(self._folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(self._answers, otherwise=lambda: f"redis-server on port {self._port}")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def flush(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, what: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(what)

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def own_broker() -> str:
    """Where the suite runs on Redis, the address of an empty one that no other process of it uses; "" elsewhere."""
    if not (url := os.environ.get("REDIS_URL")):
        return ""
    own = own_redis() if PROGRAM else urlunsplit(urlsplit(url)._replace(path=f"/{DATABASE}"))
    with redis.Redis.from_url(own) as client:
        client.flushdb()
    return own


@cache
def own_redis() -> str:
    """The address of one that this process shares with nobody, as long as it lives."""
    folder = tempfile.TemporaryDirectory(prefix="helpdesk-redis-")
    server = RedisServer(Path(folder.name))
    server.start()
    atexit.register(folder.cleanup)
    atexit.register(server.kill)
    return server.url
