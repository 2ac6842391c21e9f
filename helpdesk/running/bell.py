"""Waiting for signals without missing one: the handlers only wake the waiter, who acts in its own time."""

from __future__ import annotations

import os
import select
import signal
from types import FrameType, TracebackType
from typing import Any, Self

STOPPING = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})


class SignalBell:
    """While open, `wait` answers with the signals that came since it was last asked."""

    def __enter__(self) -> Self:
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        self._before_fd = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        self._before: dict[int, Any] = {signum: signal.signal(signum, _wake) for signum in _heard()}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for signum, handler in self._before.items():
            signal.signal(signum, handler)
        signal.set_wakeup_fd(self._before_fd)
        os.close(self._read)
        os.close(self._write)

    def wait(self, seconds: float) -> frozenset[int]:
        """The signals heard, at once when there are any, else after at most `seconds`."""
        ready, _, _ = select.select([self._read], [], [], max(seconds, 0))
        return frozenset(os.read(self._read, 512)) if ready else frozenset()


def _heard() -> list[int]:
    """The signals that end us, and a child's death; a hang-up stays ignored where `nohup` asked for that."""
    ignored = {signal.SIGHUP} if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else set()
    return [*sorted(STOPPING - ignored), signal.SIGCHLD]


def _wake(_signum: int, _frame: FrameType | None) -> None:
    """Nothing: Python writes the number into the pipe by itself once a handler is set."""
