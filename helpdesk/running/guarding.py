"""The runner's end of the watchdog: which process groups must not outlive the runner."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

PROGRAM = Path(__file__).with_name("watchdog.py")


class Watchdog:
    """A process that kills the guarded groups when we end, even by `kill -9`. Killed itself, it is started again."""

    def __init__(self) -> None:
        self._groups: set[int] = set()

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._input)
        self._process.wait()

    def keep(self) -> None:
        """Start the process again where it was killed, and tell it all there is to guard."""
        if self._process.poll() is not None:
            os.close(self._input)
            self._start()

    def _start(self) -> None:
        read, self._input = os.pipe()
        self._process = subprocess.Popen([sys.executable, "-IS", str(PROGRAM)], stdin=read, start_new_session=True)
        os.close(read)
        for group in self._groups:
            self._tell(f"+{group}")

    def guard(self, group: int) -> None:
        self._groups.add(group)
        self._tell(f"+{group}")

    def release(self, group: int) -> None:
        self._groups.discard(group)
        self._tell(f"-{group}")

    def _tell(self, line: str) -> None:
        with suppress(BrokenPipeError):  # it was killed; `keep` tells the next one everything
            os.write(self._input, f"{line}\n".encode())
