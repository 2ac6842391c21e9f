"""Cells of workbooks as the text an import takes, in the rows a spreadsheet shows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlwt
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from helpdesk.exchange.cells import BETWEEN
from helpdesk.exchange.reading import Dialect, FileRefused, limits, problems, workbooks
from helpdesk.exchange.reading.cells import text_of
from helpdesk.exchange.writing import workbook as own
from tests.exchange.reading.files import converted, look, refusal, repacked, rows_of, sheet_xml, xlsx_of

PEOPLE = [["이름", "전화"], ["홍길동", "010-1234-5678"], ["김철수", "02-123-4567"]]
CELLS = [
    (1012345678, "1012345678"),
    (1012345678.0, "1012345678"),
    (12345678901234567890, "12345678901234567168"),
    (0.1 + 0.2, "0.3"),
    (0.15, "0.15"),
    (1e-7, "0.0000001"),
    (-2.5, "-2.5"),
    (True, "TRUE"),
    ("01012345678", "01012345678"),
    (" padded ", " padded "),
    ("two\nlines", "two\nlines"),
    (date(2026, 3, 1), "2026-03-01"),
    (datetime(2026, 3, 1, 14, 5), "2026-03-01 14:05"),
    (datetime(2026, 3, 1, 14, 4, 59, 999_600), "2026-03-01 14:05"),
    (datetime(2026, 3, 1, 14, 5, 7), "2026-03-01 14:05:07"),
    (time(9, 30), "09:30"),
    (timedelta(hours=30), "30:00"),
    (None, ""),
]


@pytest.mark.parametrize(("value", "text"), CELLS, ids=str)
def test_values_become_text(value: Any, text: str) -> None:
    assert text_of(float(value) if type(value) is int else value) in (
        text,
        text.replace("12345678901234567168", "12345678901234567000"),
    )


def test_a_workbook_gives_the_same_texts(tmp_path: Path) -> None:
    values = [value for value, _text in CELLS if value not in (None, 12345678901234567890) and value != CELLS[13][0]]
    texts = [text for value, text in CELLS if value in values]
    assert rows_of(xlsx_of(tmp_path, [[f"c{number}" for number in range(len(values))], values])) == [texts]


def test_days_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    assert workbook.active is not None
    workbook.active.append(["When", "At"])
    workbook.active.append([date(2026, 3, 1), datetime(2026, 3, 1, 14, 5)])
    workbook.save(tmp_path / "mac.xlsx")
    assert rows_of(tmp_path / "mac.xlsx") == [["2026-03-01", "2026-03-01 14:05"]]


def test_rows_and_columns_keep_their_places(tmp_path: Path) -> None:
    path = xlsx_of(
        tmp_path, [[], [None, "고객 명단"], [], [None, "이름", None, "전화"], [None, "홍", "x", "02"], [], [None, "김"]]
    )
    found, outline = converted(path)
    assert look(path).dialect.header_row == 4
    assert outline.headers == ["Column 1", "이름", "Column 3", "전화"]
    assert [(record.number, record.cells) for record in found] == [(5, ["", "홍", "x", "02"]), (7, ["", "김", "", ""])]


def test_the_old_format_is_read(tmp_path: Path) -> None:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("명단")
    for number, row in enumerate([["이름", "전화", "번호", "날짜"], *PEOPLE[1:]]):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    sheet.write(2, 2, 1012345678)
    sheet.write(2, 3, datetime(2026, 3, 1, 14, 5), xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm"))
    workbook.save(str(tmp_path / "old.xlsx"))
    found = look(tmp_path / "old.xlsx")
    assert found.dialect == Dialect(kind="xls", worksheet="명단")
    assert found.notes[0]["text"] == problems.WRONG_NAME
    assert rows_of(tmp_path / "old.xlsx")[1] == ["김철수", "02-123-4567", "1012345678", "2026-03-01 14:05"]


def test_the_content_decides_and_not_the_name(tmp_path: Path) -> None:
    found = look(xlsx_of(tmp_path, PEOPLE, "people.csv"))
    assert found.dialect.kind == "xlsx"
    assert found.notes == [{"text": problems.WRONG_NAME, "params": {"format": "Excel (.xlsx)"}}]
    assert rows_of(tmp_path / "people.csv") == PEOPLE[1:]


def test_hidden_and_empty_worksheets_are_offered_but_not_chosen(tmp_path: Path) -> None:
    workbook = Workbook()
    assert workbook.active is not None
    workbook.active.title = "Cover"
    workbook.active.sheet_state = "hidden"
    workbook.active.append(["secret"])
    workbook.create_sheet("Empty")
    people = workbook.create_sheet("고객")
    for row in PEOPLE:
        people.append(row)
    workbook.save(tmp_path / "people.xlsx")
    found = look(tmp_path / "people.xlsx")
    assert found.worksheets == [("Cover", True), ("Empty", False), ("고객", False)]
    assert found.dialect.worksheet == "고객"
    assert {"text": problems.HIDDEN, "params": {}} in found.notes
    assert rows_of(tmp_path / "people.xlsx", Dialect(kind="xlsx", worksheet="Cover", header_row=0)) == [["secret"]]
    for name, text in (("Empty", problems.EMPTY_WORKSHEET), ("Gone", problems.NO_WORKSHEET)):
        with pytest.raises(FileRefused) as refused:
            rows_of(tmp_path / "people.xlsx", Dialect(kind="xlsx", worksheet=name))
        assert refused.value.problem == {"text": text, "params": {"worksheet": name}}


def test_merged_cells_stand_in_the_first_of_them(tmp_path: Path) -> None:
    path = xlsx_of(tmp_path, PEOPLE)
    workbook = Workbook()
    assert workbook.active is not None
    merged: list[list[Any]] = [*PEOPLE, ["merged", None], ["이", "02"]]
    for row in merged:
        workbook.active.append(row)
    workbook.active.merge_cells("A4:B4")
    workbook.save(path)
    assert rows_of(path) == [*PEOPLE[1:], ["merged", ""], ["이", "02"]]


def test_formulas_give_stored_values_and_errors_are_faults(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'
        '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>""</f><v></v></c></row>'
        '<row r="3"><c r="A3"><v>3</v></c><c r="B3"><f>NOW()</f><v/></c></row>'
        '<row r="4"><c r="A4"><v>4</v></c><c r="B4" t="e"><v>#N/A</v></c></row>'
        '<row r="5"><c r="A5"><f t="shared" si="0"/></c></row>'
        '<row r="6"><c r="A6" t="inlineStr"><is><t>t="e" f&gt;</t></is></c></row>'
    )
    found, _outline = converted(repacked(xlsx_of(tmp_path, PEOPLE), sheet_xml(rows)))
    assert [(record.number, record.cells, record.fault) for record in found] == [
        (2, ["2", ""], ""),
        (3, ["3", ""], problems.NO_VALUE),
        (4, ["4", ""], problems.ERROR_CELL),
        (5, ["", ""], problems.NO_VALUE),
        (6, ['t="e" f>', ""], ""),
    ]


def test_rows_and_cells_that_do_not_tell_their_place_are_read(tmp_path: Path) -> None:
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c><c t='e'><v>#REF!</v></c></row>"
    path = repacked(xlsx_of(tmp_path, PEOPLE), sheet_xml(rows))
    found, _outline = converted(path, Dialect(kind="xlsx", worksheet="Sheet", header_row=0))
    assert [(record.cells, record.fault) for record in found] == [(["1", "2"], ""), (["3", ""], problems.ERROR_CELL)]


def test_rows_out_of_order_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.exchange.reading.surveying.PIECE", 400)
    monkeypatch.setattr(workbooks, "WITH_STRINGS", 400)
    rows = "".join(f'<row r="{number}"><c r="A{number}"><v>{number}</v></c></row>' for number in (*range(1, 30), 3, 4))
    assert refusal(repacked(xlsx_of(tmp_path, PEOPLE), sheet_xml(rows)))["text"] == problems.DAMAGED


def test_a_long_worksheet_is_read_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[list[Any]] = [
        ["Name", "Number", "When"],
        *[[f"홍 {number % 7}", number, date(2026, 3, 1)] for number in range(900)],
    ]
    rows[500:500] = [[] for _ in range(30)]
    path = xlsx_of(tmp_path, rows)
    monkeypatch.setattr("helpdesk.exchange.reading.surveying.PIECE", 4000)
    monkeypatch.setattr(workbooks, "WITH_STRINGS", 6000)
    found, _outline = converted(path)
    assert [record.cells for record in found] == [
        [f"홍 {number % 7}", str(number), "2026-03-01"] for number in range(900)
    ]
    assert [found[498].number, found[499].number, found[-1].number] == [500, 531, 931]


def test_a_stray_cell_far_below_costs_no_memory(tmp_path: Path) -> None:
    path = xlsx_of(tmp_path, PEOPLE)
    workbook = Workbook()
    assert workbook.active is not None
    for row in PEOPLE:
        workbook.active.append(row)
    workbook.active["A150000"] = "x"
    workbook.save(path)
    found, _outline = converted(path)
    assert [(record.number, record.cells[0]) for record in found] == [(2, "홍길동"), (3, "김철수"), (150_000, "x")]


def test_cells_that_are_only_coloured_do_not_count(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="0"/><c r="XFD1" s="0"/></row><row r="2"><c r="ZZ2" s="0"/></row>'
    )
    path = repacked(xlsx_of(tmp_path, PEOPLE), sheet_xml(rows))
    assert rows_of(path, Dialect(kind="xlsx", worksheet="Sheet", header_row=0)) == [["1"]]


def test_macros_are_noted_and_stay_where_they_are(tmp_path: Path) -> None:
    path = repacked(xlsx_of(tmp_path, PEOPLE, "people.xlsm"), {"xl/vbaProject.bin": b"macro"})
    assert look(path).notes == [{"text": problems.MACROS, "params": {}}]
    assert rows_of(path) == PEOPLE[1:]


def test_a_workbook_wider_than_the_limit_is_refused(tmp_path: Path) -> None:
    wide = [f"c{number}" for number in range(limits.MAX_COLUMNS)]
    assert len(converted(xlsx_of(tmp_path, [wide]))[1].headers) == limits.MAX_COLUMNS
    assert refusal(xlsx_of(tmp_path, [[*wide, "one more"]]))["text"] == problems.TOO_MANY_COLUMNS


@pytest.mark.parametrize("numbered", [True, False])
def test_plain_worksheets_take_the_quick_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, numbered: bool
) -> None:
    monkeypatch.setattr("helpdesk.exchange.reading.surveying._walk", None)
    cell = '<c t="inlineStr"><is><t>x</t></is></c><c><v>{0}</v></c>'
    row = '<row r="{0}">' + cell.replace("<c", '<c r="A{0}"', 1) + "</row>" if numbered else f"<row>{cell}</row>"
    path = repacked(xlsx_of(tmp_path, PEOPLE), sheet_xml("".join(row.format(number) for number in range(1, 31))))
    dialect = Dialect(kind="xlsx", worksheet="Sheet", header_row=0)
    assert rows_of(path, dialect) == [["x", str(number)] for number in range(1, 31)]


def test_rows_without_numbers_are_counted_across_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.exchange.reading.surveying.PIECE", 500)
    monkeypatch.setattr(workbooks, "WITH_STRINGS", 900)
    rows = "".join(f"<row><c/><c><v>{number}</v></c></row>" if number % 10 else "<row/>" for number in range(1, 200))
    path = repacked(xlsx_of(tmp_path, PEOPLE), sheet_xml(rows))
    found, _outline = converted(path, Dialect(kind="xlsx", worksheet="Sheet", header_row=0))
    assert [(record.number, record.cells) for record in found] == [
        (number, ["", str(number)]) for number in range(1, 200) if number % 10
    ]


def test_our_own_workbooks_are_read_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.exchange.reading.surveying.PIECE", 2000)
    monkeypatch.setattr(workbooks, "WITHOUT_STRINGS", 5000)
    rows = [[f"홍길동 {number}", "", f"010{number:08}", 'a "quoted" t="e" <b> & f>\n둘째 줄'] for number in range(300)]
    xml = own.rows_xml([BETWEEN.join(row) for row in rows]).encode()
    with (tmp_path / "own.xlsx").open("wb") as out:
        own.write(out, "고객", [own.Column(title) for title in ("이름", "직함", "전화", "메모")], [xml], size=len(xml))
    found, outline = converted(tmp_path / "own.xlsx")
    assert outline.headers == ["이름", "직함", "전화", "메모"]
    assert [record.cells for record in found] == rows
    assert {record.fault for record in found} == {""}
