"""A workbook of one sheet, written row by row: texts only, some cells marked and commented.

Every cell is a text cell in the format "Text", so that phones keep their zeros and nothing is run as a formula, not even
after it has been edited. Office Open XML, ECMA-376 part 1: sheets (18.3), styles (18.8), comments (18.7).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO, NamedTuple
from xml.sax.saxutils import escape

LONGEST = 32_767
"""Characters that a cell of a workbook can hold."""
MOST_COMMENTS = 1000
"""They lie in memory, and spreadsheet programs draw each as a shape; the marking itself has no end."""

_not_xml = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_like_escape = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
TEXT, HEAD, MARKED = 1, 2, 3  # numbers of the formats in STYLES


class Line(NamedTuple):
    """A row: its cells, and for some of them (counted from 0) a comment."""

    cells: Sequence[str]
    marks: Mapping[int, str] = {}


def write(out: BinaryIO, head: Sequence[str], lines: Iterable[Line], *, sheet: str, author: str) -> None:
    """Head and `lines` as a workbook, no more than one line in memory but for the comments."""
    comments: list[tuple[str, str]] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in PARTS.items():
            archive.writestr(name, text)
        archive.writestr("xl/workbook.xml", WORKBOOK.replace("SHEET", _attribute(sheet[:31])))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for text in _sheet(head, lines, comments):
                part.write(text.encode())
        archive.writestr("xl/comments1.xml", "".join(_comments(comments, author)))
        archive.writestr("xl/drawings/vmlDrawing1.vml", "".join(_shapes(comments)))


def _sheet(head: Sequence[str], lines: Iterable[Line], comments: list[tuple[str, str]]) -> Iterator[str]:
    yield SHEET_BEGINS
    yield _row(1, [_cell(text, HEAD) for text in head])
    for number, line in enumerate(lines, 2):
        formats = [MARKED if place in line.marks else TEXT for place in range(len(line.cells))]
        yield _row(number, [_cell(text, style) for text, style in zip(line.cells, formats, strict=True)])
        if len(comments) < MOST_COMMENTS:
            comments.extend((f"{_letters(place)}{number}", text) for place, text in line.marks.items() if text)
    yield SHEET_ENDS


def _row(number: int, cells: Sequence[str]) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(text: str, style: int) -> str:
    if not text:
        return f'<c s="{style}"/>' if style == MARKED else "<c/>"
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{_plain(text)}</t></is></c>'


def _plain(text: str) -> str:
    """As XML, without what XML or a cell cannot hold."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST - 1]}…"
    bare = _like_escape.sub("_x005F_", _not_xml.sub("", text))
    return escape(bare, {"\r": "&#13;"})


def _attribute(text: str) -> str:
    return escape(re.sub(r"[\\/?*\[\]:]", " ", _not_xml.sub("", text)), {'"': "&quot;"})


def _letters(place: int) -> str:
    """A column as spreadsheets call it: 0 is A, 26 is AA."""
    letters, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _comments(comments: Sequence[tuple[str, str]], author: str) -> Iterator[str]:
    yield f'{XML}<comments xmlns="{MAIN}"><authors><author>{_plain(author)}</author></authors><commentList>'
    for place, text in comments:
        yield f'<comment ref="{place}" authorId="0"><text><t xml:space="preserve">{_plain(text)}</t></text></comment>'
    yield "</commentList></comments>"


def _shapes(comments: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Where spreadsheet programs draw the comments; hidden until the pointer is on the cell."""
    yield SHAPES_BEGIN
    for number, (place, _text) in enumerate(comments, 1):
        letters = place.rstrip("0123456789")
        column = -1
        for letter in letters:
            column = (column + 1) * 26 + ord(letter) - 65
        yield SHAPE.format(id=number, row=int(place[len(letters) :]) - 1, column=column)
    yield "</xml>"


XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"

SHEET_BEGINS = (
    f'{XML}<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheetViews><sheetView workbookViewId="0">'
    '<pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/></sheetView></sheetViews>'
    f'<cols><col min="1" max="1" width="44" style="{TEXT}" customWidth="1"/>'
    f'<col min="2" max="16384" width="18" style="{TEXT}" customWidth="1"/></cols><sheetData>'
)
SHEET_ENDS = '</sheetData><legacyDrawing r:id="rId2"/></worksheet>'
WORKBOOK = f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="SHEET" sheetId="1" r:id="rId1"/></sheets></workbook>'


def _relations(*pairs: tuple[str, str]) -> str:
    rows = (
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(pairs, 1)
    )
    return f'{XML}<Relationships xmlns="{RELATIONS}">{"".join(rows)}</Relationships>'


def _types() -> str:
    parts = {"workbook": "sheet.main", "worksheets/sheet1": "worksheet", "styles": "styles", "comments1": "comments"}
    said = (f'<Override PartName="/xl/{name}.xml" ContentType="{TYPES}.{kind}+xml"/>' for name, kind in parts.items())
    return (
        f'{XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
        f"{''.join(said)}</Types>"
    )


STYLES = (
    f'{XML}<styleSheet xmlns="{MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFFFD6D6"/><bgColor indexed="64"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1" applyFont="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="2" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1" applyFill="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
PARTS = {
    "[Content_Types].xml": _types(),
    "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
    "xl/_rels/workbook.xml.rels": _relations(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")),
    "xl/worksheets/_rels/sheet1.xml.rels": _relations(
        ("comments", "../comments1.xml"), ("vmlDrawing", "../drawings/vmlDrawing1.vml")
    ),
    "xl/styles.xml": STYLES,
}
SHAPES_BEGIN = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
SHAPE = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;width:220pt;height:60pt;visibility:hidden" '
    'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:textbox/>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
