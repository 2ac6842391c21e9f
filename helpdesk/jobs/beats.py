"""Long work outside of transactions that keeps its job meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait

from helpdesk.jobs.kinds import Beat

SECOND = 1.0


def ticking(pieces: Iterable[bytes], beat: Beat) -> Iterator[bytes]:
    """The same, with a beat about once a second."""
    ticked = time.monotonic()
    for piece in pieces:
        yield piece
        if time.monotonic() > ticked + SECOND:
            beat()
            ticked = time.monotonic()


def ticking_during(act: Callable[[], object], beat: Beat) -> None:
    """Do `act`, a single call that may take long and knows no database, with a beat about once a second; returns when it has ended."""
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(act)
        while wait([done], SECOND).not_done:
            beat()
    done.result()
