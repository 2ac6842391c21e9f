"""Uploads to read, and the reader without its process: what it does is the same, and a test takes milliseconds."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from helpdesk.exchange.reading import Dialect, FileRefused, Outline, Sniffed, child, records, writing

Rows = list[list[str]]
SHEET = "xl/worksheets/sheet1.xml"


def look(path: Path, name: str = "") -> Sniffed:
    return Sniffed.of(child.ACTS["sniff"]({"path": str(path), "name": name or path.name}))


def converted(path: Path, dialect: Dialect | None = None) -> tuple[list[records.Record], Outline]:
    out = path.with_name("records")
    outline = writing.convert(path, dialect or look(path).dialect, out, tell=lambda _rows: None)
    return list(records.records(out)), outline


def rows_of(path: Path, dialect: Dialect | None = None) -> Rows:
    return [record.cells for record in converted(path, dialect)[0]]


def csv_of(folder: Path, content: bytes | str, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def plain(delimiter: str = ",", encoding: str = "utf-8", header_row: int = 1) -> Dialect:
    return Dialect(kind="csv", encoding=encoding, delimiter=delimiter, header_row=header_row)


def xlsx_of(folder: Path, rows: Sequence[Sequence[Any]], name: str = "people.xlsx") -> Path:
    workbook = Workbook()
    assert workbook.active is not None
    for row in rows:
        workbook.active.append(list(row))
    path = folder / name
    workbook.save(path)
    return path


def repacked(path: Path, parts: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> Path:
    """The workbook with these parts in place of, or besides, its own."""
    with zipfile.ZipFile(path) as old:
        all_parts = {name: old.read(name) for name in old.namelist()} | dict(parts)
    with zipfile.ZipFile(path, "w", method) as new:
        for name, content in all_parts.items():
            new.writestr(name, content)
    return path


def sheet_xml(rows: str) -> dict[str, bytes]:
    """The part that has these rows, as they are in a file."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return {SHEET: f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()}


def refusal(path: Path, name: str = "") -> dict[str, Any]:
    """Why the file is refused, at a look or when it is converted."""
    try:
        converted(path, look(path, name).dialect)
    except FileRefused as refused:
        return refused.problem
    raise AssertionError("it is read")
