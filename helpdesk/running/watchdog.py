"""Ends what a killed runner leaves: a process of its own that reads process groups and kills them at the end of input.

Input, a line each: `+123` guard the group 123, `-123` forget it. The input ends when the runner ends, however it ends.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress


def guard(lines: Iterable[str]) -> set[int]:
    """The groups still guarded when `lines` end."""
    groups: set[int] = set()
    for line in lines:
        group = int(line[1:])
        groups.add(group) if line[0] == "+" else groups.discard(group)
    return groups


def kill_group(group: int) -> None:
    """End every process of `group` now; one that is gone already is no error."""
    with suppress(ProcessLookupError, PermissionError):  # macOS says PermissionError of a group of zombies
        os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    for group in guard(sys.stdin):
        kill_group(group)
