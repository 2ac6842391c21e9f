"""Workbooks (.xlsx) written as they are stored: one sheet of text cells, a bold header that stays, widths that fit.

Cells hold their text themselves ("inline strings"), so nothing is kept in memory and rows can be written in parts.
Format: ECMA-376 Part 1, 18.3 (SpreadsheetML); `_xHHHH_` for what XML cannot hold: 22.9.2.19.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from helpdesk.exchange.cells import BETWEEN, LINES, defused_in_workbook

MOST_ROWS = 1_048_575
"""Below the header; the format ends at row 1,048,576."""
LONGEST_CELL = 32_767
LONGEST_SHEET_NAME = 31
ZIP64_FROM = 2**31 - 2**20
WIDEST, NARROWEST = 48, 10  # characters
_controls = re.compile(r"[\x00-\x08\x0b-\x1d\x7f\ufffe\uffff]")
_not_in_xml = re.compile(rf"_(?=x[0-9A-Fa-f]{{4}}_)|{_controls.pattern}")
_longer = re.compile(rf"[^{BETWEEN}{LINES}]{{{LONGEST_CELL + 1},}}")
_not_in_sheet_names = re.compile(r"[\[\]:*?/\\]")
_CELL = '<c s="1" t="inlineStr"><is><t xml:space="preserve">'
_END = "</t></is></c>"
_EMPTY = '<c s="1"/>'


@dataclass(frozen=True)
class Column:
    """`longest`: of its texts, in characters; Korean ones count twice."""

    title: str
    longest: int = 0

    @property
    def width(self) -> int:
        return min(WIDEST, max(NARROWEST, width_of(self.title) + 2, self.longest + 1))


def width_of(text: str) -> int:
    """How many places a text takes; a Korean syllable takes two."""
    return len(text) + sum(character > "\u1100" for character in text)


def rows_xml(rows: Sequence[str]) -> str:
    """Rows (cells parted by BETWEEN) as the inside of a sheet's data."""
    if not rows:
        return ""
    cells = defused_in_workbook(LINES.join(rows)).replace("\r\n", "\n")
    if max(map(len, rows)) > LONGEST_CELL:
        cells = _longer.sub(lambda found: found[0][: LONGEST_CELL - 1] + "…", cells)
    xml = _escaped(cells).replace(BETWEEN, _END + _CELL).replace(LINES, f"{_END}</row><row>{_CELL}")
    return f"<row>{_CELL}{xml}{_END}</row>".replace(_CELL + _END, _EMPTY)


def write(out: IO[bytes], name: str, columns: Sequence[Column], parts: Iterable[bytes], *, size: int) -> None:
    """A whole workbook; `parts` are `rows_xml` in UTF-8, of about `size` bytes together."""
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as book:
        for path, text in _frame(name):
            book.writestr(_entry(path), text)
        with book.open(_entry("xl/worksheets/sheet1.xml"), "w", force_zip64=size > ZIP64_FROM) as sheet:
            for part in _sheet(columns, parts):
                sheet.write(part)


def _sheet(columns: Sequence[Column], parts: Iterable[bytes]) -> Iterator[bytes]:
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{column.width}" customWidth="1"/>'
        for number, column in enumerate(columns, 1)
    )
    header = "".join(
        f'<c s="2" t="inlineStr"><is><t xml:space="preserve">{_escaped(column.title)}</t></is></c>'
        for column in columns
    )
    yield (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView tabSelected="1" workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData><row>{header}</row>"
    ).encode()
    yield from parts
    yield b"</sheetData></worksheet>"


def _escaped(text: str) -> str:
    if "_x" in text or _controls.search(text):
        text = _not_in_xml.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _frame(name: str) -> Iterator[tuple[str, str]]:
    title = _escaped(_not_in_sheet_names.sub(" ", name)[:LONGEST_SHEET_NAME].strip("' ") or "1").replace('"', "&quot;")
    yield "[Content_Types].xml", _TYPES
    yield "_rels/.rels", _RELS.format(_relation(1, "officeDocument", "xl/workbook.xml"))
    yield (
        "xl/_rels/workbook.xml.rels",
        _RELS.format(_relation(1, "worksheet", "worksheets/sheet1.xml") + _relation(2, "styles", "styles.xml")),
    )
    yield (
        "xl/workbook.xml",
        (
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            f'<sheet name="{title}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
    )
    yield "xl/styles.xml", _STYLES


def _relation(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _entry(path: str) -> ZipInfo:
    """Without the moment: the same rows make the same file."""
    entry = ZipInfo(path)
    entry.compress_type = ZIP_DEFLATED
    entry._compresslevel = 1  # type: ignore[attr-defined]
    return entry


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_RELS = f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{{}}</Relationships>'
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>'
)
# Styles: 0 as it is, 1 text (number format 49, "@"; quotePrefix: stays text when edited), 2 the same in bold.
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1" applyFont="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
