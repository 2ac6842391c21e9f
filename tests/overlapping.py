"""Two acts at the same moment, in a set order: the second begins when the first has written, and waits for its commit."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from tests.patience import PATIENCE, wait_for

apart = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite writers wait for each other anyway")


def behind(first: Callable[[], object], second: Callable[[], Any]) -> Any:
    """What `second` returned, or raised; it had to wait for `first`."""
    with transaction.atomic():
        first()
        later = beside(second)
        assert not later.done(), "it did not wait"
    return later.exception(PATIENCE) or later.result()


def beside(act: Callable[[], Any]) -> Future[Any]:
    """Begin it on another connection; returns once it has ended or waits for a lock of this one."""
    pids: list[int] = []

    def alone() -> Any:
        connection.ensure_connection()
        pids.append(connection.connection.info.backend_pid)
        try:
            return act()
        finally:
            connection.close()

    pool = ThreadPoolExecutor(1)
    future = pool.submit(alone)
    pool.shutdown(wait=False)
    wait_for(lambda: future.done() or (pids and _waits(pids[0])))
    return future


def _waits(pid: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = %s", [pid])
        return bool(cursor.fetchone()[0])
