"""What a file for an import may hold, told from the fields themselves: every field, format and limit, and a sample file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from helpdesk.exchange.cells import BETWEEN
from helpdesk.exchange.mapping import key_of, labels_of
from helpdesk.exchange.reading.limits import MAX_COLUMNS, MAX_ROWS
from helpdesk.exchange.sheets import Field, Sheet
from helpdesk.exchange.uploads import MOST_MEGABYTES
from helpdesk.exchange.writing import text, workbook

CSV, XLSX = "csv", "xlsx"
TYPES = {CSV: "text/csv; charset=utf-8", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
"""The kinds of sample files, with their media types."""


@dataclass(frozen=True)
class Line:
    """A field as the guide tells of it. `headers`: by which else it is recognised, in any language."""

    label: str
    help: str
    example: str
    headers: Sequence[str]
    longest: int
    is_several: bool
    is_identifier: bool


@dataclass(frozen=True)
class Limits:
    megabytes: int = MOST_MEGABYTES
    rows: int = MAX_ROWS
    columns: int = MAX_COLUMNS


def lines_of(sheet: Sheet) -> list[Line]:
    return [_line(field) for field in _imported(sheet)]


def sample_of(sheet: Sheet, kind: str) -> bytes:
    """A file with all fields and one row, as it may be imported, in the reader's language. `kind`: CSV or XLSX."""
    fields = _imported(sheet)
    row = [str(field.example) for field in fields]
    titles = [str(field.label) for field in fields]
    if kind == CSV:
        return text.BOM + text.lines([BETWEEN.join(titles), BETWEEN.join(row)]).encode()
    columns = [workbook.Column(title, workbook.width_of(cell)) for title, cell in zip(titles, row, strict=True)]
    data, out = workbook.rows_xml([BETWEEN.join(row)]).encode(), io.BytesIO()
    workbook.write(out, str(sheet.label), columns, [data], size=len(data))
    return out.getvalue()


def sample_name(sheet: Sheet, kind: str) -> str:
    return _("%(records)s sample") % {"records": sheet.label} + f".{kind}"


def _imported(sheet: Sheet) -> list[Field]:
    return [field for field in sheet.fields() if field.is_imported]


def _line(field: Field) -> Line:
    label = str(field.label)
    return Line(
        label=label,
        help=str(field.help),
        example=str(field.example),
        headers=_others(label, [*labels_of(field), *field.headers, *field.doubtful]),
        longest=field.longest,
        is_several=field.is_several,
        is_identifier=field.is_identifier,
    )


def _others(label: str, headers: Sequence[str]) -> list[str]:
    """Each header once, however it is written, without the label itself."""
    seen, others = {key_of(label)}, []
    for header in headers:
        if (key := key_of(header)) not in seen:
            seen.add(key)
            others.append(header)
    return others
