"""Two acts at the same moment, in a set order: the second begins when the first has written, and waits for its commit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from tests.patience import PATIENCE

apart = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite writers wait for each other anyway")


def behind(first: Callable[[], object], second: Callable[[], object]) -> object:
    """What `second` returned, or raised; it had to wait for `first`."""
    answers: list[object] = []

    def run() -> None:
        try:
            answers.append(second())
        except Exception as error:
            answers.append(error)
        finally:
            connection.close()

    waiter = threading.Thread(target=run)
    with transaction.atomic():
        first()
        waiter.start()
        _wait_for_a_lock(waiter)
    waiter.join(PATIENCE)
    return answers[0]


def _wait_for_a_lock(waiter: threading.Thread) -> None:
    """Until somebody waits for what this transaction holds."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
        assert waiter.is_alive(), "it did not wait"
        time.sleep(0.02)
    pytest.fail("nobody waits")
