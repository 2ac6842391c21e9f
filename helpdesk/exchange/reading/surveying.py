"""A worksheet's XML, run over quickly: cut into pieces that fit in memory, and searched for what a reader of values misses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .limits import MAX_COLUMNS, MAX_ROWS, MAX_XML_ROW
from .packing import Package
from .problems import DAMAGED, ERROR_CELL, NO_VALUE, TOO_MANY_COLUMNS, TOO_MANY_ROWS, FileRefused

PIECE = 1 << 20
GAP = 10_000
"""Rows that may be missing within one piece."""
EXCEL_ROWS = 1_048_576
_worksheet = re.compile(rb"<(\w+:)?worksheet[\s>]")
_row_number = re.compile(rb"<?[^<>]*?\sr=[\"'](\d{1,9})[\"']")
_reference = re.compile(rb' r="([A-Z]{1,4})\d')
_filled = re.compile(rb' r="([A-Z]{1,4})\d+"[^<>]*(?<!/)>')
_cell = re.compile(rb"<(?:\w+:)?c[\s>]")
_error = re.compile(rb"<(?:\w+:)?c\s[^<>]*\bt=[\"']e[\"']")
_valueless = re.compile(
    rb"<(?:\w+:)?c(\s[^<>]*)?>\s*<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_is_text = re.compile(rb"\st=[\"']str[\"']")


@dataclass
class Survey:
    """What has been found so far. `columns`: how far cells reach, from 1; `faults`: row → marked reason."""

    columns: int = 0
    faults: dict[int, str] = field(default_factory=dict)


def excerpts(package: Package, part: str, found: Survey, size: int) -> Iterator[tuple[int, bytes]]:
    """The worksheet as several, each with some rows that make about `size` bytes of XML; `found` runs ahead of them.

    With each the rows before it, where its rows do not tell their numbers themselves (else 0). FileRefused where there are
    more rows or columns than are read, or rows out of order.
    """
    head, held, end, tail, number, before = b"", b"", b"", b"", 0, 0
    for tag, block in _blocks(package, part):
        rows = block
        if not tail:
            head, _, _ = block.partition(tag)
            rows = block.removeprefix(head)
            end = b"</%bsheetData>" % tag[1:-3]
            tail = end + b"</%bworksheet>" % tag[1:-3]
        rows = rows.partition(end)[0]
        for run in _runs(tag, rows, number):
            if held and (len(held) >= size or _first(tag, run) > number + GAP):
                yield before, head + held + tail
                held = b""
            before = before if held else number * (_first(tag, run) == 0)
            held += run
            number = _survey(found, tag, run, number)
    if held:
        yield before, head + held + tail


def _survey(found: Survey, tag: bytes, rows: bytes, number: int) -> int:
    """Note what `rows`, whose predecessor is `number`, hold; the last one's number."""
    first, last = _first(tag, rows), _number_at(rows, rows.rfind(tag))
    if (first or last) and not number < first <= last - rows.count(tag) + 1:
        raise FileRefused(DAMAGED)  # out of order: no spreadsheet writes rows so, and the reader of values drops some
    number = _hurry(found, tag, rows, number) or _walk(found, tag, rows, number)
    if number > EXCEL_ROWS:
        raise FileRefused(TOO_MANY_ROWS, limit=MAX_ROWS)
    if found.columns > MAX_COLUMNS:
        raise FileRefused(TOO_MANY_COLUMNS, limit=MAX_COLUMNS)
    return number


def _runs(tag: bytes, rows: bytes, number: int) -> Iterator[bytes]:
    """The rows, parted where numbers leap: a reader of values would fill such a gap with blank cells, in memory."""
    last = _number_at(rows, rows.rfind(tag))
    if last - number <= GAP + rows.count(tag):
        yield rows
        return
    run = b""
    for row in rows.split(tag)[1:]:
        here = _number_at(row, 0)
        if run and here > number + GAP:
            yield run
            run = b""
        run += tag + row
        number = here
    yield run


def _first(tag: bytes, rows: bytes) -> int:
    return _number_at(rows, rows.find(tag))


def _number_at(rows: bytes, place: int) -> int:
    """The number that the tag at this place tells; 0 where there is none."""
    said = _row_number.match(rows, max(place, 0))
    return int(said[1]) if said else 0


def _hurry(found: Survey, tag: bytes, rows: bytes, number: int) -> int:
    """The last row's number where the rows are plain: nothing to find fault with, no further than is read; else 0."""
    if b't="e"' in rows or b"t='e'" in rows or b"f>" in rows or b"<f" in rows or b"f/>" in rows:
        return 0
    last = _number_at(rows, rows.rfind(tag)) or number + rows.count(tag)
    each = rows.split(tag)
    if b' r="' in rows:
        ends = {row[row.rfind(b' r="') :][:8] for row in each}
        columns = max((_number(end[1]) for end in map(_reference.match, ends) if end), default=0)
    else:
        cell = tag[:-3] + b"c"
        columns = max(row.count(cell) for row in each)
    if not 0 < columns <= MAX_COLUMNS:
        return 0
    found.columns = max(found.columns, columns)
    return last


def _walk(found: Survey, tag: bytes, rows: bytes, number: int) -> int:
    """The same, row by row; `number`: that of the row before."""
    for row in _real(rows.split(tag)):
        number = _number_at(row, 0) or number + 1
        found.columns = max(found.columns, _columns(row))
        if fault := _fault(row):
            found.faults[number] = fault
    return number


def is_filled(package: Package, part: str) -> bool:
    """Whether a cell with a value stands in the worksheet's first piece."""
    return _has_values(next(package.read(part, PIECE), b""))


def _blocks(package: Package, part: str) -> Iterator[tuple[bytes, bytes]]:
    """(how a row's tag begins, some whole rows), one after the other; the first has the worksheet's head before them."""
    rest, tag = b"", b""
    for piece in package.read(part, PIECE):
        rest += piece
        tag = tag or _row_tag(rest)
        cut = rest.rfind(tag)
        if cut > 0:
            yield tag, rest[:cut]
            rest = rest[cut:]
        if len(rest) > MAX_XML_ROW:
            raise FileRefused(DAMAGED)
    if rest.startswith(tag or b"-"):
        yield tag, rest


def _row_tag(start: bytes) -> bytes:
    worksheet = _worksheet.search(start)
    return b"<" + (worksheet[1] or b"" if worksheet else b"") + b"row"


def _real(rows: Iterable[bytes]) -> Iterator[bytes]:
    """Without the worksheet's head and tags that only begin alike, such as rowBreaks."""
    return (row for row in rows if row[:1] in (b" ", b">", b"/", b"\t", b"\r", b"\n"))


def _has_values(xml: bytes) -> bool:
    return b"v>" in xml or b"is>" in xml


def _columns(row: bytes) -> int:
    """How far the row's filled cells reach; cells that are only coloured do not count."""
    if not _has_values(row):
        return 0
    last = _reference.match(row, row.rfind(b' r="'))
    if last is None:
        return len(_cell.findall(row))
    reach = _number(last[1])
    return reach if reach <= MAX_COLUMNS else max(map(_number, _filled.findall(row)), default=0)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _fault(row: bytes) -> str:
    if (b't="e"' in row or b"t='e'" in row) and _error.search(row):
        return ERROR_CELL
    if b"f>" in row or b"<f" in row or b"f/>" in row:
        for attributes in _valueless.findall(row):
            if not _is_text.search(attributes):
                return NO_VALUE
    return ""
