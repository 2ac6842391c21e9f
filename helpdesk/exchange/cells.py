"""Texts as cells of a spreadsheet, there and back: nothing is run, nothing loses its zeros, several values share a cell.

An apostrophe stands before what a spreadsheet program would take for a formula (or, in CSV, for a number). A text that
already is such a word behind apostrophes gets one more, so that taking one away always gives back the text.

The same stands behind a semicolon within a cell. Where Excel splits at semicolons it takes quotation marks for such only
where a piece begins, so one in our comma-separated file ends a cell, quoted or not, unless it stands in the row's first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

BETWEEN, LINES, MARK = "\x1f", "\x1e", "\x1d"
"""The signs between the cells of a row, between rows, and before a cell that is looked at again; in no text that people type."""

RUN = "=+-@\t\r\n＝＋－＠"  # what begins a formula: OWASP, "CSV Injection"
SIGNS = "=+\\-@＝＋－＠"  # the same within a cell, as a class of signs

SEVERAL = "; "
_spoilt = rf"(?:0[0-9]+|[0-9]{{12,}})(?=[{BETWEEN}{LINES}]|\Z)"  # 007 becomes 7; twelve digits are shown as 1.23E+11
_needs = rf"(?:[{re.escape(RUN)}]|{_spoilt})"
_first = rf"(?=['0-9{re.escape(RUN)}])"  # only to be quick
_defused = re.compile(rf"[{BETWEEN}{LINES}]{_first}(?='*{_needs})")
_defused_in_workbook = re.compile(rf"[{BETWEEN}{LINES}](?='+{_needs})")
_within = re.compile(rf"(;[ \"]*)(?='*[{SIGNS}])")
_within_in_workbook = re.compile(rf"(;[ \"]*)(?='+[{SIGNS}])")
_ours_within = re.compile(rf"(;[ \"]*)'(?='*[{SIGNS}])")
_ours = re.compile(rf"'+{_needs}")
_quoted = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?:;|\Z)')


def defused(cells: str) -> str:
    """For a CSV file: one cell, or many with BETWEEN and LINES between them."""
    return _defused.sub(r"\g<0>'", LINES + _within.sub(r"\1'", cells))[1:]


def defused_in_workbook(cells: str) -> str:
    """For text cells of a workbook, where nothing is run and no zero is lost: only what reads like ours gets one."""
    if "'" not in cells:
        return cells
    return _defused_in_workbook.sub(r"\g<0>'", LINES + _within_in_workbook.sub(r"\1'", cells))[1:]


def restored(cell: str) -> str:
    """What stood there before it was defused; other cells as they are."""
    if ";" in cell and "'" in cell:
        cell = _ours_within.sub(r"\1", cell)
    return cell[1:] if cell[:1] == "'" and _ours.match(cell) else cell


def joined(values: Iterable[str]) -> str:
    """Several values in one cell; one that holds a semicolon, or begins with a quotation mark, stands in quotation marks."""
    return SEVERAL.join(_in_quotes(value) if ";" in value or value[:1] == '"' else value for value in values)


def separated(cell: str) -> list[str]:
    """The values in a cell, trimmed, without blank ones."""
    if '"' not in cell:
        return [value for part in cell.split(";") if (value := part.strip())]
    values, at = [], 0
    while at < len(cell):
        quoted = _quoted.match(cell, at)
        end = quoted.end() if quoted else (cell.find(";", at) + 1 or len(cell) + 1)
        value = quoted[1].replace('""', '"') if quoted else cell[at : end - 1].strip()
        values.append(value)
        at = end
    return [value for value in values if value]


def _in_quotes(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'
