"""Rows of worksheets, of .xlsx and .xls. Formulas give their stored values; macros are never run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice, repeat
from pathlib import Path
from typing import cast

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from .cells import Value, text_of
from .dialects import Dialect, Sniffed
from .headers import guess_row
from .limits import WITH_STRINGS, WITHOUT_STRINGS
from .packing import MACROS, Package
from .problems import (
    DAMAGED,
    EMPTY_WORKSHEET,
    HIDDEN,
    NO_WORKSHEET,
    PASSWORD,
    FileRefused,
    Problem,
)
from .problems import (
    MACROS as HAS_MACROS,
)
from .surveying import Survey, excerpts, is_filled


@dataclass
class Worksheet:
    """`rows`: from the first on, blank ones as well. `faults`: row (from 1) → marked reason."""

    rows: Iterator[list[str]]
    faults: Mapping[int, str] = field(default_factory=dict)


def sniff(path: Path, kind: str, worksheet: str = "") -> Sniffed:
    """`worksheet`: the one that is meant; "" for the first that is not hidden and has something in it."""
    notes: list[Problem] = []
    if kind == "xlsx":
        package = Package(path)
        sheets = {name: is_hidden for name, (is_hidden, _part) in package.worksheets().items()}
        filled = [name for name, (_hidden, part) in package.worksheets().items() if is_filled(package, part)]
        notes += [{"text": HAS_MACROS, "params": {}}] if MACROS in package.sizes else []
    else:
        sheets = _sheets_of_xls(path)
        filled = [name for name in sheets if _is_filled_xls(path, name)]
    if not sheets:
        raise FileRefused(DAMAGED)
    notes += [{"text": HIDDEN, "params": {}}] if any(sheets.values()) else []
    chosen = worksheet or min(sheets, key=lambda name: (sheets[name], name not in filled))
    rows = list(islice(open_worksheet(path, Dialect(kind=kind, worksheet=chosen), size=1).rows, 30))
    dialect = Dialect(kind=kind, worksheet=chosen, header_row=guess_row(rows))
    return Sniffed(dialect=dialect, worksheets=list(sheets.items()), notes=notes)


def open_worksheet(path: Path, dialect: Dialect, *, size: int = 0) -> Worksheet:
    """`size`: bytes of XML that are read at once, for who wants only the first rows.

    FileRefused where there is no such worksheet, nothing in it, or (now or while rows are taken) more than is read.
    """
    if dialect.kind == "xls":
        return Worksheet(_texts(_held(path, dialect.worksheet)))
    package = Package(path)
    _hidden, part = package.worksheets().get(dialect.worksheet, (False, ""))
    if not part:
        raise FileRefused(NO_WORKSHEET, worksheet=dialect.worksheet)
    found = Survey()
    size = size or (WITH_STRINGS if package.strings else WITHOUT_STRINGS)
    rows = _rows(package, part, dialect.worksheet, excerpts(package, part, found, size))
    return Worksheet(_texts(rows), found.faults)


def _rows(package: Package, part: str, name: str, pieces: Iterator[tuple[int, bytes]]) -> Iterator[list[Value]]:
    """The worksheet's rows from the first on, a piece of it in memory at a time, whatever its length."""
    reached = 0
    books = ((before, package.excerpt(part, xml)) for before, xml in pieces)
    for before, sheet in _ahead(books, name):
        if sheet.start is None:
            continue
        row, column = before + sheet.start[0], sheet.start[1]
        if row < reached:
            raise FileRefused(DAMAGED)
        yield from repeat([], row - reached)
        left: list[Value] = [""] * column
        for cells in sheet.to_python():
            yield left + cast("list[Value]", cells) if left else cast("list[Value]", cells)
        reached = row + sheet.height
    if not reached:
        raise FileRefused(EMPTY_WORKSHEET, worksheet=name)


def _ahead(books: Iterator[tuple[int, BytesIO]], name: str) -> Iterator[tuple[int, CalamineSheet]]:
    """The only worksheet of each; while one's rows are taken, the next is read on another core."""
    with ThreadPoolExecutor(1) as reader:
        waiting: tuple[int, Future[CalamineSheet]] | None = None
        for before, book in books:
            loading = before, reader.submit(_sheet, book, name)
            if waiting:
                yield waiting[0], waiting[1].result()
            waiting = loading
        if waiting:
            yield waiting[0], waiting[1].result()


def _held(path: Path, name: str) -> Iterator[list[Value]]:
    """The worksheet's rows, all of it in memory at once, padded on the left to column A."""
    sheet = _sheet(BytesIO(path.read_bytes()), name)
    if sheet.start is None:
        raise FileRefused(EMPTY_WORKSHEET, worksheet=name)
    left: list[Value] = [""] * sheet.start[1]
    rows = cast("Iterator[list[Value]]", sheet.iter_rows())
    return (left + row for row in rows) if left else rows


def _sheet(book: BytesIO, name: str) -> CalamineSheet:
    with _opened(book) as workbook:
        if name not in workbook.sheet_names:
            raise FileRefused(NO_WORKSHEET, worksheet=name)
        try:
            return workbook.get_sheet_by_name(name)
        except CalamineError:
            raise FileRefused(DAMAGED) from None


def _texts(rows: Iterator[list[Value]]) -> Iterator[list[str]]:
    for row in rows:
        yield [value if type(value) is str else text_of(value) for value in row]


def _opened(book: BytesIO) -> CalamineWorkbook:
    """From its bytes: by a path, the reader would trust the name's ending more than the content."""
    try:
        return CalamineWorkbook.from_filelike(book)
    except PasswordError:
        raise FileRefused(PASSWORD) from None
    except CalamineError:
        raise FileRefused(DAMAGED) from None


def _sheets_of_xls(path: Path) -> dict[str, bool]:
    with _opened(BytesIO(path.read_bytes())) as workbook:
        return {
            sheet.name: sheet.visible != SheetVisibleEnum.Visible
            for sheet in workbook.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet
        }


def _is_filled_xls(path: Path, name: str) -> bool:
    with _opened(BytesIO(path.read_bytes())) as workbook:
        return workbook.get_sheet_by_name(name).start is not None
