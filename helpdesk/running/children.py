"""One program the runner keeps alive: its main process leads a session, and so a process group, of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from helpdesk.running.guarding import Watchdog
from helpdesk.running.watchdog import kill_group

LEASH = Path(__file__).with_name("leash.py")
WINDOW = 60.0  # seconds in which DEATHS make the runner give up
DEATHS = 5
LONGEST_PAUSE = 10.0
SETTLING = 2.0  # seconds given to killed leftovers to let go of port and files


@dataclass(frozen=True)
class Program:
    """What to run, under the name people read."""

    name: str
    command: tuple[str, ...]


class Child:
    """A `Program` that runs, or waits for its restart (`due`, monotonic seconds)."""

    def __init__(self, program: Program, watchdog: Watchdog) -> None:
        self.name = program.name
        self.due = 0.0
        self._command = program.command
        self._watchdog = watchdog
        self._deaths: deque[float] = deque()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def has_died(self) -> bool:
        """Ended, and not yet buried."""
        return self._process is not None and self._process.poll() is not None

    @property
    def is_hopeless(self) -> bool:
        """Died so often within a minute that another start would not help."""
        return len(self._deaths) >= DEATHS

    def start(self) -> None:
        leashed = [sys.executable, "-IS", str(LEASH), "SIGKILL", str(os.getpid()), *self._command]
        self._process = subprocess.Popen(leashed, stdin=subprocess.DEVNULL, start_new_session=True)
        self._watchdog.guard(self._process.pid)

    def bury(self) -> str:
        """End what the dead main process left, set the time of the restart; how it ended, in words."""
        ending = in_words(self._process.returncode) if self._process is not None else "never started"
        self.kill()
        now = time.monotonic()
        self._deaths.append(now)
        while now - self._deaths[0] > WINDOW:
            self._deaths.popleft()
        self.due = now + min(0.5 * 2 ** (len(self._deaths) - 1), LONGEST_PAUSE)
        return ending

    def terminate(self) -> None:
        """Ask the main process to end; it ends its own children."""
        if self._process is not None and self.is_running:
            self._process.terminate()

    def kill(self) -> None:
        """End the whole group now and wait until it has let go."""
        if self._process is None:
            return
        kill_group(self._process.pid)
        self._process.wait()
        wait_until_gone(self._process.pid)
        self._watchdog.release(self._process.pid)
        self._process = None


def wait_until_gone(group: int) -> None:
    """Return when no process of `group` is left, or after SETTLING seconds; adopted orphans are reaped."""
    limit = time.monotonic() + SETTLING
    while time.monotonic() < limit:
        with suppress(ChildProcessError):
            os.waitpid(-group, os.WNOHANG)
        try:
            os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):
            return
        time.sleep(0.01)


def in_words(status: int) -> str:
    """How a process with this return code ended: `exit code 3`, `SIGKILL`."""
    return signal.Signals(-status).name if status < 0 else f"exit code {status}"
