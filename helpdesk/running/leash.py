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


def put_on(signum: int, *, parent: int) -> None:
    """Have the kernel send this process `signum` when `parent` dies; end at once where that has happened already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    put_on(signal.Signals[sys.argv[1]], parent=int(sys.argv[2]))
    os.execvp(sys.argv[3], sys.argv[3:])
