"""The longest time in which something that should move stood still."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

LOOK = 0.1  # seconds


class Watch:
    """While open, looks at `progress` ten times a second; `stall` is the longest time between two changes, in seconds."""

    def __init__(self, progress: Callable[[], object]) -> None:
        self._progress = progress
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.stall = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        last, since = self._progress(), time.monotonic()
        while not self._over.wait(LOOK):
            now, moment = self._progress(), time.monotonic()
            if now != last:
                self.stall = max(self.stall, moment - since)
                last, since = now, moment
        self.stall = max(self.stall, time.monotonic() - since)
