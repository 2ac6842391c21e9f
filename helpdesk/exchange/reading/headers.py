"""Which row names the columns, and what they are called."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .limits import MAX_COLUMNS, MAX_HEADER
from .problems import NO_SUCH_ROW, TOO_MANY_COLUMNS, FileRefused

Cells = Sequence[str]
_value = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|(?:[-+()./:,\s₩$€%]*\d){5,}[-+()./:,\s₩$€%]*")
"""An address, phone, date or large number: what stands below column names, not among them (a year may)."""
_spaces = re.compile(r"[\s\x00]+")


def guess_row(rows: Sequence[Cells]) -> int:
    """The row (from 1) that seems to name the columns; 0 where even the first row of the table is data."""
    filled = [[cell.strip()[:MAX_HEADER] for cell in row if cell.strip()] for row in rows]
    widest = max((len(cells) for cells in filled), default=0)
    for number, cells in enumerate(filled, start=1):
        if cells and len(cells) * 2 > widest and _is_followed(filled[number:], len(cells)):
            return 0 if any(_value.fullmatch(cell) for cell in cells) else number
    return next((number for number, cells in enumerate(filled, start=1) if cells), 1)


def _is_followed(below: Sequence[Cells], width: int) -> bool:
    """Whether rows of about this width follow: a title or a legend above the table has wider ones below it."""
    widths = [len(cells) for cells in below if cells][:5]
    return not widths or max(widths) <= width * 1.5


def headers_of(rows: Sequence[Cells], header_row: int) -> list[str]:
    """The columns' names, given the first rows with some data below the header.

    Blank ones are called "Column 3", repeated ones "Email (2)". Columns at the end that have neither a name nor anything in
    these rows are none. FileRefused where there are too many, or no such row.
    """
    if header_row > len(rows):
        raise FileRefused(NO_SUCH_ROW, row=header_row)
    names = [_spaces.sub(" ", cell).strip()[:MAX_HEADER] for cell in rows[header_row - 1]] if header_row else []
    used = max((width_of(row) for row in rows[header_row:]), default=0)
    width = max(width_of(names), min(used, len(names)) if header_row else used)
    if width > MAX_COLUMNS:
        raise FileRefused(TOO_MANY_COLUMNS, limit=MAX_COLUMNS)
    names += [""] * (width - len(names))
    return _told_apart([name or f"Column {number}" for number, name in enumerate(names[:width], start=1)])


def width_of(cells: Cells) -> int:
    """How many cells there are up to the last that is not blank."""
    width = len(cells)
    while width and not cells[width - 1].strip():
        width -= 1
    return width


def _told_apart(names: Sequence[str]) -> list[str]:
    apart: list[str] = []
    taken = set(names)
    seen: set[str] = set()
    for name in names:
        unique, count = name, 1
        while unique in seen or (count > 1 and unique in taken):
            count += 1
            unique = f"{name} ({count})"
        seen.add(unique)
        apart.append(unique)
    return apart
