"""Rows of a text with delimiters, one in memory at a time."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from . import charsets
from .dialects import DELIMITERS, OFFERED, Dialect, Sniffed
from .headers import guess_row
from .limits import MAX_CELL
from .problems import MAYBE_ENCODING, QUOTE_ASTRAY, QUOTE_OPEN, Broken

SAMPLE = 1 << 16
SAMPLE_ROWS = 100
_separator_line = re.compile(r'"?sep=(.)"?\r?\n?', re.IGNORECASE)


def sniff(path: Path) -> Sniffed:
    encoding, is_doubtful = charsets.guess(path)
    delimiter = guess_delimiter(path, encoding)
    found = Dialect(kind="csv", encoding=encoding, delimiter=delimiter)
    dialect = Dialect(kind="csv", encoding=encoding, delimiter=delimiter, header_row=guess_row(_first(path, found)))
    encodings = [encoding, *(other for other in OFFERED if other != encoding)]
    notes = [{"text": MAYBE_ENCODING, "params": {}}] if is_doubtful else []
    return Sniffed(dialect=dialect, encodings=encodings, notes=notes)


def guess_delimiter(path: Path, encoding: str) -> str:
    """What a leading line "sep=;" says; else what makes the most rows equally wide. "," for a table of one column."""
    with path.open(encoding=encoding, errors="helpdesk.mark", newline="") as text:
        start = text.read(SAMPLE)
    said = _separator_line.match(start.lstrip("\ufeff"))
    if said and said[1] in DELIMITERS:
        return said[1]
    scores = {delimiter: _evenness(start, delimiter) for delimiter in DELIMITERS}
    return max(scores, key=lambda delimiter: scores[delimiter])


def _evenness(start: str, delimiter: str) -> float:
    rows = []
    try:
        for row in islice(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter), SAMPLE_ROWS):
            rows.append(len(row))
    except csv.Error:
        pass
    widths = Counter(width for width in (rows[:-1] or rows) if width > 1)
    if not widths:
        return 0.0
    width, count = widths.most_common(1)[0]
    return count / len(rows) + min(width, 50) / 1000


def rows(path: Path, dialect: Dialect) -> Iterator[list[str]]:
    """The file's rows, blank ones as well. Bytes that are not valid leave `charsets.MARK` in a cell.

    Broken where a quotation mark is never closed, or closed in the middle of a cell.
    """
    csv.field_size_limit(MAX_CELL)
    with path.open(encoding=dialect.encoding, errors="helpdesk.mark", newline="") as text:
        first = text.readline().removeprefix("\ufeff")
        lines = text if _separator_line.fullmatch(first) else chain([first], text)
        try:
            yield from csv.reader(lines, delimiter=dialect.delimiter, strict=True)
        except csv.Error as error:
            raise Broken(QUOTE_ASTRAY if "expected after" in str(error) else QUOTE_OPEN) from None


def _first(path: Path, dialect: Dialect) -> list[list[str]]:
    found: list[list[str]] = []
    try:
        found.extend(islice(rows(path, dialect), 30))
    except Broken:
        return found
    return found
