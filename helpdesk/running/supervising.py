"""Keeping programs alive until told to stop: restart with back-off, give up saying why, leave nothing behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from helpdesk.running.bell import STOPPING, SignalBell
from helpdesk.running.children import DEATHS, Child, Program
from helpdesk.running.errors import CannotRunError
from helpdesk.running.guarding import Watchdog
from helpdesk.running.leash import adopt_orphans

PATIENCE = 10.0  # seconds between TERM and KILL
TURN = 1.0
TURN_WHILE_STARTING = 0.1

Say = Callable[[str], None]


class Supervisor:
    """Runs `programs` until a signal ends them all; `when_up` is called once `is_up` first says so."""

    def __init__(
        self, programs: Sequence[Program], *, is_up: Callable[[], bool], when_up: Callable[[], None], say: Say
    ) -> None:
        self._programs = programs
        self._is_up = is_up
        self._when_up = when_up
        self._say = say
        self._announced = False

    def run(self) -> None:
        """Return after a signal has ended everything; raise CannotRunError, with everything ended, after too many deaths."""
        adopt_orphans()
        with SignalBell() as bell, Watchdog() as watchdog:
            children = [Child(program, watchdog) for program in self._programs]
            try:
                self._keep_alive(children, bell, watchdog)
            finally:
                self._stop(children, bell)

    def _keep_alive(self, children: Sequence[Child], bell: SignalBell, watchdog: Watchdog) -> None:
        while not bell.wait(self._seconds_to_wait(children)) & STOPPING:
            watchdog.keep()
            for child in children:
                self._attend(child)
            self._announce()

    def _attend(self, child: Child) -> None:
        if child.has_died:
            self._bury(child)
        elif not child.is_running and child.due <= time.monotonic():
            child.start()

    def _bury(self, child: Child) -> None:
        cause = child.bury()
        if child.is_hopeless:
            raise CannotRunError(
                f"The {child.name} process ended {DEATHS} times within a minute (last: {cause}), so everything is stopped."
            )
        self._say(
            f"The {child.name} process ended ({cause}); starting it again in {child.due - time.monotonic():.1f} s."
        )

    def _announce(self) -> None:
        if not self._announced and self._is_up():
            self._announced = True
            self._when_up()

    def _seconds_to_wait(self, children: Sequence[Child]) -> float:
        waiting = [child.due - time.monotonic() for child in children if not child.is_running]
        return min([TURN if self._announced else TURN_WHILE_STARTING, *waiting])

    def _stop(self, children: Sequence[Child], bell: SignalBell) -> None:
        """TERM to the main processes; KILL to their groups when all have ended, after PATIENCE, or when asked again."""
        self._say("Stopping …")
        for child in children:
            child.terminate()
        limit = time.monotonic() + PATIENCE
        while any(child.is_running for child in children) and time.monotonic() < limit:
            if bell.wait(min(0.2, limit - time.monotonic())) & STOPPING:
                break
        for child in children:
            child.kill()
