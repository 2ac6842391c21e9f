"""Rows of any file, brought into one shape: a sample to look at, or the record file (see `records`)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from json.encoder import encode_basestring as quoted
from pathlib import Path

from . import csv_files
from .charsets import MARK
from .dialects import Dialect, Outline, Sample
from .headers import headers_of, width_of
from .limits import (
    LOOK_AHEAD,
    MAX_COLUMNS,
    MAX_RATIO,
    MAX_RECORD,
    MAX_ROWS,
    MAX_SHOWN,
    MAX_TABLE,
    SMALL_TABLE,
)
from .problems import (
    BAD_BYTES,
    NO_ROWS,
    SURPLUS,
    TOO_LARGE_TABLE,
    TOO_LONG_ROW,
    TOO_MANY_ROWS,
    ZERO_BYTES,
    Broken,
    FileRefused,
    Problem,
)

BATCH = 256
"""Rows written at once."""
REPLACEMENT = "\ufffd"
Row = tuple[int, list[str], str]
"""(number, cells, fault)"""


class Table:
    """A file's rows as its dialect shows them: `headers`, and `data()`, which can be run through once.

    `broken` is set once the rows end before the file does.
    """

    def __init__(self, path: Path, dialect: Dialect, *, size: int = 0) -> None:
        self._size = size
        self.broken: Problem | None = None
        self.faults: Mapping[int, str] = {}
        self._rows = self._whole(path, dialect)
        self._header_row = dialect.header_row
        self._head = list(islice(self._rows, dialect.header_row + LOOK_AHEAD))
        self._check_header()
        self.headers = headers_of([mended(cells)[0] for cells in self._head], dialect.header_row)

    def _check_header(self) -> None:
        if self.broken and len(self._head) < self._header_row:
            raise FileRefused(self.broken["text"], **self.broken["params"])

    def data(self) -> Iterator[Row]:
        """The rows below the header, without blank ones, at least as wide as the header."""
        width, faults = len(self.headers), self.faults
        for number, cells in enumerate(self._below(), start=self._header_row + 1):
            fault = faults.get(number, "") if faults else ""
            if not "".join(cells).strip() and not fault:
                continue
            if len(cells) == width:
                yield number, cells, fault
            else:
                fitting, surplus = _fitted(cells, width)
                yield number, fitting, fault or surplus

    def _below(self) -> Iterator[list[str]]:
        yield from self._head[self._header_row :]
        yield from self._rows

    def _whole(self, path: Path, dialect: Dialect) -> Iterator[list[str]]:
        """All rows; where the file breaks, they end and `broken` says so."""
        row = 1
        try:
            for cells in self._opened(path, dialect):
                yield cells
                row += 1
        except Broken as broken:
            self.broken = {"row": row, "text": broken.text, "params": {"row": row}}

    def _opened(self, path: Path, dialect: Dialect) -> Iterator[list[str]]:
        if dialect.kind == "csv":
            return csv_files.rows(path, dialect)
        from . import workbooks  # takes as long to load as all the rest

        sheet = workbooks.open_worksheet(path, dialect, size=self._size)
        self.faults = sheet.faults
        return sheet.rows


def sample(path: Path, dialect: Dialect, rows: int) -> Sample:
    table = Table(path, dialect, size=1)
    found = list(islice(table.data(), rows + 1))
    shown = [[cell[:MAX_SHOWN] for cell in mended(cells)[0]] for _number, cells, _fault in found[:rows]]
    columns = range(len(table.headers))
    values = [[row[column] for row in shown if row[column].strip()][:5] for column in columns]
    notes: list[Problem] = [] if found else [{"text": NO_ROWS, "params": {}}]
    if table.broken:
        notes.append({"text": table.broken["text"], "params": table.broken["params"]})
    return Sample(
        headers=table.headers,
        rows=shown,
        numbers=[number for number, _cells, _fault in found[:rows]],
        values=values,
        column_count=len(columns),
        truncated=len(found) > rows,
        notes=notes,
    )


def convert(path: Path, dialect: Dialect, out: Path, *, tell: Callable[[int], None]) -> Outline:
    """Write the record file at `out`, synced; `tell` gets the number of rows written, often."""
    table = Table(path, dialect)
    most = min(MAX_TABLE, max(SMALL_TABLE, MAX_RATIO * path.stat().st_size))
    count, rows = 0, table.data()
    with out.open("wb") as file:
        while batch := list(islice(rows, BATCH)):
            count += len(batch)
            if count > MAX_ROWS:
                raise FileRefused(TOO_MANY_ROWS, limit=MAX_ROWS)
            for lines in _lines(batch):
                file.write(lines)
                if file.tell() > most:
                    raise FileRefused(TOO_LARGE_TABLE, limit=most // 1_000_000)
            tell(count)
        file.flush()
        os.fsync(file.fileno())
    return Outline(rows=count, headers=table.headers, broken=table.broken)


def mended(cells: list[str]) -> tuple[list[str], str]:
    """Cells without what no text may hold, and the fault that it was there."""
    joined = "".join(cells)
    if MARK in joined:
        return [cell.replace(MARK, REPLACEMENT).replace("\x00", "") for cell in cells], BAD_BYTES
    if "\x00" in joined:
        return [cell.replace("\x00", "") for cell in cells], ZERO_BYTES
    return cells, ""


def _fitted(cells: list[str], width: int) -> tuple[list[str], str]:
    """Padded to `width`; what is beyond it is kept, with a fault, unless it is blank."""
    if len(cells) < width:
        return cells + [""] * (width - len(cells)), ""
    return (cells, SURPLUS) if width_of(cells) > width else (cells[:width], "")


def _lines(batch: list[Row]) -> Iterable[bytes]:
    """Rows that need mending are rare, so they are looked for only where the batch as a whole is not right."""
    text = "".join(map(_line, batch))
    try:
        lines = text.encode()
    except UnicodeEncodeError:
        return map(_mended_line, batch)
    return [lines] if "\\u0000" not in text and len(lines) <= MAX_RECORD else map(_mended_line, batch)


def _mended_line(row: Row) -> bytes:
    row = _mended_row(row)
    line = _line(row).encode()
    return line if len(line) <= MAX_RECORD else _line(_shortened(row)).encode()


def _mended_row(row: Row) -> Row:
    number, cells, fault = row
    cells, found = mended(cells)
    return number, cells, found or fault


def _shortened(row: Row) -> Row:
    number, cells, _fault = row
    return number, [cell[:MAX_SHOWN] for cell in cells[:MAX_COLUMNS]], TOO_LONG_ROW


def _line(row: Row) -> str:
    """As `json.dumps` writes it, four times as fast."""
    number, cells, fault = row
    return f"[{number}, [{', '.join(map(quoted, cells))}], {quoted(fault)}]\n"
