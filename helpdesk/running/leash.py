"""`leash.py SIGNAL PARENT COMMAND …` becomes COMMAND, which gets SIGNAL when the process PARENT, its parent, dies.

A program of its own rather than a function between fork and exec, where Python is unsafe. Where the kernel has no such
leash (anything but Linux) the watchdog alone ends what an ended parent leaves.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h; the setting survives exec
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def put_on(signum: int, *, parent: int) -> None:
    """Have the kernel send this process `signum` when `parent` dies; end at once where that has happened already."""
    _prctl(PR_SET_PDEATHSIG, signum)
    if os.getppid() != parent:
        sys.exit(1)


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose parent dies, so that their end can be waited for."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    put_on(signal.Signals[sys.argv[1]], parent=int(sys.argv[2]))
    os.execvp(sys.argv[3], sys.argv[3:])  # noqa: S606 (no shell wanted)
