"""Opens uploads in a child process with limits, and outlives whatever they do to it."""

from __future__ import annotations

import json
import logging
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .limits import MEMORY, PATIENCE
from .problems import UNREADABLE, FileRefused

Beat = Callable[[int], None]
START = "import sys; sys.path.append(sys.argv[1]); from reading.child import main; main(sys.argv[2])"
ROOM = Path(__file__).resolve().parent.parent
BEAT = 1.0
"""Seconds between two beats."""

logger = logging.getLogger(__name__)


def run(act: str, *, seconds: int, beat: Beat, **asked: Any) -> dict[str, Any]:
    """What the child found. `beat` gets the rows so far, once a second; whatever it raises ends the child and goes on up.

    FileRefused where the file is at fault, also where the child was killed over it; OSError where the disk is.
    """
    told = json.dumps({"act": act, "seconds": seconds, "memory": MEMORY, **asked})
    with _child(told) as child:
        said = _listen(child, beat, until=time.monotonic() + PATIENCE * seconds)
    if "done" in said:
        done: dict[str, Any] = said["done"]
        return done
    if "refused" in said:
        raise FileRefused(said["refused"]["text"], **said["refused"]["params"])
    if "stopped" in said:
        raise OSError(*said["stopped"])
    logger.warning("An upload could not be read: %s", said.get("crashed") or f"the reader ended by {child.returncode}")
    raise FileRefused(UNREADABLE)


@contextmanager
def _child(told: str) -> Iterator[subprocess.Popen[bytes]]:
    """It gets nothing of our environment, which holds secrets, and never outlives the block."""
    command = [sys.executable, "-I", "-X", "utf8", "-c", START, str(ROOM), told]
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/"
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()


def _listen(child: subprocess.Popen[bytes], beat: Beat, *, until: float) -> dict[str, Any]:
    """The child's last line; {} where it ended without one or took too long."""
    said: dict[str, Any] = {}
    rows, next_beat = 0, time.monotonic() + BEAT
    for line in _lines(child, BEAT / 4):
        if line:
            said = json.loads(line)
            rows = said.get("rows", rows)
        now = time.monotonic()
        if now >= next_beat:
            next_beat = now + BEAT
            beat(rows)
        if now >= until:
            return {}
    return said


def _lines(child: subprocess.Popen[bytes], patience: float) -> Iterator[bytes]:
    """Each line of the child as it comes, b"" where none came for `patience` seconds."""
    assert child.stdout is not None  # noqa: S101 - asked for above
    rest = b""
    with selectors.DefaultSelector() as ready:
        ready.register(child.stdout, selectors.EVENT_READ)
        while True:
            if not ready.select(patience):
                yield b""
                continue
            piece = os.read(child.stdout.fileno(), 1 << 16)
            if not piece:
                return
            *lines, rest = (rest + piece).split(b"\n")
            yield from lines or [b""]
