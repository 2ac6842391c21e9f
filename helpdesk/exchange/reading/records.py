"""The record file: one line of JSON for each data row, `[row number, [cell, …], fault]`, in UTF-8.

A row's number is that which a spreadsheet shows. The cursor of a row is the byte offset after its line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import accumulate, islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .limits import MAX_RECORD

AT_ONCE = 500


class Record(NamedTuple):
    """One data row. `fault`: "", or the marked reason why this row cannot be trusted. `cursor`: where the next one begins."""

    number: int
    cells: list[str]
    fault: str
    cursor: int


def read(path: Path, offset: int, limit: int) -> list[Record]:
    """Up to `limit` records from byte `offset` (0, or the cursor of the record before); fewer where they are long.

    Only none at all says that there are no more.
    """
    with path.open("rb") as file:
        file.seek(offset)
        lines = _lines(file, limit)
    found = json.loads(b"[%b]" % b",".join(lines))  # all at once: four times as fast as line by line
    ends = accumulate(map(len, lines), initial=offset)
    next(ends)
    return [Record(number, cells, fault, end) for (number, cells, fault), end in zip(found, ends, strict=True)]


def records(path: Path, offset: int = 0) -> Iterator[Record]:
    """All records from `offset` on, a few in memory at a time."""
    while found := read(path, offset, AT_ONCE):
        yield from found
        offset = found[-1].cursor


def _lines(file: BinaryIO, limit: int) -> list[bytes]:
    """One at least, and no more than fit into MAX_RECORD bytes."""
    lines: list[bytes] = []
    left = MAX_RECORD
    for line in islice(file, limit):
        left -= len(line)
        if left < 0 and lines:
            break
        lines.append(line)
    return lines
