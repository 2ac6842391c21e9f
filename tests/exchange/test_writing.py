"""Files as other programs read them, and parts of files when the disk is full."""

from __future__ import annotations

import csv
import io
import resource
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from helpdesk.exchange.cells import BETWEEN
from helpdesk.exchange.writing import parts, text, workbook
from helpdesk.exchange.writing.parts import DiskFullError, MissingPartError

NASTY = [
    ["=1+1", "'=1", "<b>&amp;", 'say "hi"', "a,b;c"],
    ["line\nbreak", "😀 é", "_x0041_ _x", "007", " spaces "],
    ["", "김민준", "", "\x0bcontrol", ""],
]


def rows(*cells: Sequence[str]) -> list[str]:
    return [BETWEEN.join(row) for row in cells]


def book(*cells: Sequence[str]) -> bytes:
    data, out = workbook.rows_xml(rows(*cells)).encode(), io.BytesIO()
    columns = [workbook.Column(f"열 {number}", 12) for number in range(len(cells[0]))]
    workbook.write(out, "연락처 [all]/*", columns, [data], size=len(data))
    return out.getvalue()


def test_csv_is_what_excel_reads() -> None:
    written = text.lines(rows(*NASTY))
    assert written.startswith('"\'=1+1","\'\'=1",') and written.endswith('""\r\n')
    read = list(csv.reader(io.StringIO(written, newline="")))
    assert read[0] == ["'=1+1", "''=1", "<b>&amp;", 'say "hi"', "a,b;c"]
    assert read[1] == ["line\nbreak", "😀 é", "_x0041_ _x", "'007", " spaces "]
    assert text.lines([]) == ""


def test_cp949_counts_what_it_cannot_hold() -> None:
    losses = text.Losses()
    written = b"".join(text.in_cp949(['"김똠뷁","é"\r\n', '"😀😀"\r\n'], losses))
    assert written.decode("cp949") == '"김똠뷁","?"\r\n"??"\r\n'
    assert losses.as_json() == {"count": 3, "kinds": 2, "characters": "😀é"}


def test_a_workbook_says_the_same_to_openpyxl_and_calamine() -> None:
    expected = [["=1+1", "''=1", *NASTY[0][2:]], NASTY[1], NASTY[2]]
    data = book(*NASTY)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    found = [[cell.value or "" for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[:3] for row in found[:1]] == [expected[0][:3]]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row if cell.value} == {"s"}
    read = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert read[1:] == expected


def test_a_workbook_has_a_header_that_stays() -> None:
    opened = openpyxl.load_workbook(io.BytesIO(book(["a", "b"])))
    sheet = opened.active
    assert sheet is not None
    assert (opened.sheetnames, sheet.freeze_panes, sheet["A1"].value, sheet["A1"].font.b) == (
        ["연락처  all"],
        "A2",
        "열 0",
        True,
    )
    assert (sheet["A2"].number_format, sheet.column_dimensions["A"].width) == ("@", 13)


def test_a_cell_too_long_for_a_workbook_is_cut_and_says_so() -> None:
    (_header, row) = (
        CalamineWorkbook.from_filelike(io.BytesIO(book(["x" * 40_000, "b"]))).get_sheet_by_index(0).to_python()
    )
    assert (len(str(row[0])), str(row[0])[-1], row[1]) == (32_767, "…", "b")


def test_the_parts_of_the_last_one_who_worked_count(tmp_path: Path) -> None:
    parts.write(tmp_path, b"stale", first=1, last=10, epoch=2)
    parts.write(tmp_path, b"stale", first=6, last=10, epoch=2)
    parts.write(tmp_path, b"a", first=1, last=5, epoch=4)
    parts.write(tmp_path, b"b", first=6, last=12, epoch=5)
    parts.write(tmp_path, b"stale", first=1, last=10, epoch=2)
    assert [part.path.read_bytes() for part in parts.found(tmp_path, 12)] == [b"a", b"b"]
    with pytest.raises(MissingPartError):
        parts.found(tmp_path, 13)
    parts.remove(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def small_disk() -> Iterator[int]:
    """No file of this process may grow beyond so many bytes: the system says so as it does of a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    yield 50_000
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_nothing_is_left_of_a_part_that_found_no_room(tmp_path: Path, small_disk: int) -> None:
    with pytest.raises(DiskFullError):
        parts.write(tmp_path, b"x" * (small_disk + 1), first=1, last=2, epoch=1)
    assert list(tmp_path.iterdir()) == []
