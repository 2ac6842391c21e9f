"""How long tests wait for what must come, ports that stay theirs, processes that never stay behind.

A busy machine makes a test slow, never red.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import socket
import sys
import time
from collections.abc import Callable

from helpdesk.running.children import LEASH

PATIENCE = 240.0
"""Seconds until something that has not come counts as never coming: many times what an idle machine needs."""

_FIRST, _EACH, _WORKERS = 10_000, 2_500, 8
"""Below the ports that the system gives to outgoing connections, so that nobody takes one between two uses."""

_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % _WORKERS
_candidates = itertools.count(random.randrange(_EACH))


def wait_for(holds: Callable[[], object], *, otherwise: Callable[[], str] = str, seconds: float = PATIENCE) -> None:
    """Return once `holds`; fail with what `otherwise` says when it does not come."""
    limit = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > limit:
            raise AssertionError(f"not within {seconds:.0f} s: {otherwise()}")
        time.sleep(0.05)


def free_port() -> int:
    """A port of 127.0.0.1 where nobody listens, of this process of the suite alone, a new one each time."""
    while True:
        port = _FIRST + _worker * _EACH + next(_candidates) % _EACH
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def leashed() -> list[str]:
    """What to put before a command so that its process dies with this one, however this one ends."""
    return [sys.executable, "-IS", str(LEASH), "SIGKILL", str(os.getpid())]
