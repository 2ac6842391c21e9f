"""A file in parts, one a chunk of rows, until all are there: `part-{first row}-{last row}-{epoch}` in the job's folder.

A chunk that was not kept is begun again at the same row, by whoever claimed the job after that: with a higher epoch. So of
two parts that begin at the same row the one of the higher epoch counts, and what a worker that was taken for dead still
writes is never read.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class DiskFullError(Exception):
    """There is no room (left) for the file."""


class MissingPartError(Exception):
    """A part is not there any more."""


@dataclass(frozen=True)
class Part:
    """Rows `first` to `last` (counted from 1), as they were written by the worker of this epoch."""

    path: Path
    first: int
    last: int
    epoch: int

    @property
    def size(self) -> int:
        return self.path.stat().st_size


def write(folder: Path, data: bytes, *, first: int, last: int, epoch: int) -> None:
    """Write a part, whole or not at all. DiskFullError."""
    path = folder / f"part-{first:010}-{last:010}-{epoch:010}"
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with removing(aside), aside.open("xb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    aside.rename(path)


def found(folder: Path, last: int) -> list[Part]:
    """The parts that hold rows 1 to `last`, one behind the other. MissingPartError."""
    beginning: dict[int, Part] = {}
    for part in _all(folder):
        known = beginning.get(part.first)
        if known is None or part.epoch > known.epoch:
            beginning[part.first] = part
    chain, row = [], 1
    while row <= last:
        if row not in beginning:
            raise MissingPartError(row)
        chain.append(beginning[row])
        row = beginning[row].last + 1
    return chain


def remove(folder: Path) -> None:
    """Delete all parts, finished or not."""
    for path in folder.glob("part-*"):
        path.unlink(missing_ok=True)


@contextmanager
def removing(path: Path) -> Iterator[None]:
    """What could not be written to its end is deleted. DiskFullError where that was for want of room."""
    try:
        yield
    except BaseException as error:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise DiskFullError from error
        raise


def _all(folder: Path) -> Iterator[Part]:
    for path in folder.glob("part-*"):
        if "." not in path.name:
            _word, first, last, epoch = path.name.split("-")
            yield Part(path, int(first), int(last), int(epoch))
