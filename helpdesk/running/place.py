"""The data directory belongs to one runner at a time; what an earlier one left in the spool is thrown away."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpdesk.running.errors import CannotRunError


@contextmanager
def alone_in(directory: Path) -> Iterator[None]:
    """Hold `directory` while open; the kernel lets go of it however this process ends."""
    with (directory / "up.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise CannotRunError(
                f"A helpdesk already runs on {directory} (process {file.read().strip()}); stop it first."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def empty_spool(spool: Path) -> None:
    """Delete the messages on disk: they only ring for rows, which the sweeper finds, and a kill may have cut one short."""
    for path in (*spool.glob("*.msg"), *spool.glob("control/*.exchange")):
        path.unlink(missing_ok=True)
