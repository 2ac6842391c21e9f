"""The runner's end of the watchdog: which process groups must not outlive the runner."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Self

PROGRAM = Path(__file__).with_name("watchdog.py")


class Watchdog:
    """A process that kills the guarded groups when we end, even by `kill -9`. Killed itself, it is started again."""

    def __init__(self) -> None:
        self._groups: set[int] = set()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.keep()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._process is not None:
            self._input.close()
            self._process.wait()

    @property
    def _input(self) -> IO[str]:
        assert self._process is not None
        assert self._process.stdin is not None
        return self._process.stdin

    def keep(self) -> None:
        """Start the process where it is not running, and tell it all there is to guard."""
        if self._process is not None and self._process.poll() is None:
            return
        command = [sys.executable, "-IS", str(PROGRAM)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, start_new_session=True)
        for group in self._groups:
            self._tell(f"+{group}")

    def guard(self, group: int) -> None:
        self._groups.add(group)
        self._tell(f"+{group}")

    def release(self, group: int) -> None:
        self._groups.discard(group)
        self._tell(f"-{group}")

    def _tell(self, line: str) -> None:
        try:
            print(line, file=self._input, flush=True)
        except BrokenPipeError:  # it was killed; `keep` tells the next one everything
            pass
