"""Texts with delimiters: every row in its place, and the damaged ones named."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.exchange.reading import Dialect, FileRefused, problems, writing
from tests.exchange.reading.files import converted, csv_of, look, plain, refusal, rows_of


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert refusal(csv_of(tmp_path, b""))["text"] == problems.EMPTY
    assert refusal(csv_of(tmp_path, b"\xef\xbb\xbf\r\n \r\n"))["text"] == problems.EMPTY


def test_a_header_alone_has_no_rows_and_says_so(tmp_path: Path) -> None:
    path = csv_of(tmp_path, "Name,Email\r\n")
    assert converted(path)[1].rows == 0
    assert writing.sample(path, plain(), 20).notes == [{"text": problems.NO_ROWS, "params": {}}]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = csv_of(tmp_path, 'Name,Notes\nAnn,"two\nlines"\n\n , \nBen,x\n')
    assert [(record.number, record.cells) for record in converted(path)[0]] == [
        (2, ["Ann", "two\nlines"]),
        (5, ["Ben", "x"]),
    ]


def test_short_rows_are_padded_and_a_surplus_is_a_fault(tmp_path: Path) -> None:
    path = csv_of(tmp_path, "a,b,c\n1\n1,2,3,,\n1,2,3,4\n")
    assert [(record.cells, record.fault) for record in converted(path)[0]] == [
        (["1", "", ""], ""),
        (["1", "2", "3"], ""),
        (["1", "2", "3", "4"], problems.SURPLUS),
    ]


@pytest.mark.parametrize(
    ("content", "row", "text"),
    [
        ('n,e\na,1\nb,"2\nc,3\nd,4\n', 3, problems.QUOTE_OPEN),
        ('n,e\na,1\nb,"2" x\nc,3\n', 3, problems.QUOTE_ASTRAY),
    ],
)
def test_a_quotation_mark_astray_breaks_the_file_there(tmp_path: Path, content: str, row: int, text: str) -> None:
    found, outline = converted(csv_of(tmp_path, content), plain())
    assert [record.cells for record in found] == [["a", "1"]]
    assert outline.as_json()["broken"] == {"row": row, "text": text, "params": {"row": row}}


def test_a_file_that_breaks_in_its_header_is_refused(tmp_path: Path) -> None:
    assert refusal(csv_of(tmp_path, '"name,email\na,b\n')) == {"text": problems.QUOTE_OPEN, "params": {"row": 1}}


def test_zero_bytes_are_taken_out_and_the_row_is_at_fault(tmp_path: Path) -> None:
    found, _outline = converted(csv_of(tmp_path, b"n,e\nA\x00nn,1\nBen,\\u0000\n"))
    assert [(record.cells, record.fault) for record in found] == [
        (["Ann", "1"], problems.ZERO_BYTES),
        (["Ben", "\\u0000"], ""),
    ]


def test_a_cell_of_a_megabyte_comes_through(tmp_path: Path) -> None:
    long = "가나다라 " * 200_000
    assert rows_of(csv_of(tmp_path, f"n,notes\nAnn,{long}\nBen,x\n")) == [["Ann", long], ["Ben", "x"]]


def test_a_sample_cuts_long_cells(tmp_path: Path) -> None:
    assert len(writing.sample(csv_of(tmp_path, "n\n" + "x" * 5000), plain(), 20).rows[0][0]) == 500


def test_too_many_columns_are_refused_with_the_limit(tmp_path: Path) -> None:
    path = csv_of(tmp_path, ",".join(f"c{number}" for number in range(2000)) + "\n")
    assert refusal(path) == {"text": problems.TOO_MANY_COLUMNS, "params": {"limit": 200}}


def test_too_many_rows_are_refused_with_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MAX_ROWS", 300)
    assert converted(csv_of(tmp_path, "n\n" + "x\n" * 300))[1].rows == 300
    assert refusal(csv_of(tmp_path, "n\n" + "x\n" * 301)) == {"text": problems.TOO_MANY_ROWS, "params": {"limit": 300}}


def test_line_ends_may_be_mixed(tmp_path: Path) -> None:
    assert rows_of(csv_of(tmp_path, b"n,e\r\na,1\nb,2\rc,3\r\n")) == [["a", "1"], ["b", "2"], ["c", "3"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = [["이름", "메모", "전화"], ["홍길동", "하나; 둘, 셋", "02-123"], ["김", "넷, 다섯", "02"], ["이", "", "1"]]
    quoted = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    path = csv_of(tmp_path, quoted)
    assert look(path).dialect.delimiter == delimiter
    assert rows_of(path) == rows[1:]


def test_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    assert rows_of(csv_of(tmp_path, "Email\na@b.example\nc@d.example\n")) == [["a@b.example"], ["c@d.example"]]


def test_the_line_that_tells_excel_the_delimiter_is_no_row(tmp_path: Path) -> None:
    path = csv_of(tmp_path, "\ufeffsep=;\r\nName;Notes\r\nAnn;a, b, c\r\n")
    found, outline = converted(path)
    assert outline.headers == ["Name", "Notes"]
    assert (found[0].number, found[0].cells) == (2, ["Ann", "a, b, c"])


def test_columns_at_the_end_without_name_and_data_are_none(tmp_path: Path) -> None:
    assert converted(csv_of(tmp_path, "Name,Email,,\nAnn,a@b.c,,\n"))[1].headers == ["Name", "Email"]
    assert converted(csv_of(tmp_path, "Name,Email,,\nAnn,a@b.c,x,\n"))[1].headers == ["Name", "Email", "Column 3"]


def test_a_header_row_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        rows_of(csv_of(tmp_path, "a\n1\n"), plain(header_row=7))
    assert refused.value.problem == {"text": problems.NO_SUCH_ROW, "params": {"row": 7}}


def test_a_sample_tells_rows_columns_and_what_stands_in_them(tmp_path: Path) -> None:
    lines = "".join(f"n{number},{number if number % 2 else ''}\n" for number in range(30))
    sample = writing.sample(csv_of(tmp_path, "Title,\n\nName,No\n" + lines), plain(header_row=3), 20)
    assert sample.headers == ["Name", "No"]
    assert (len(sample.rows), sample.column_count, sample.truncated) == (20, 2, True)
    assert sample.numbers[:2] == [4, 5]
    assert sample.values[1] == ["1", "3", "5", "7", "9"]


def test_a_dialect_crosses_as_json_and_refuses_what_cannot_be_read() -> None:
    assert Dialect.of(plain(";", "cp949", 3).as_json()) == plain(";", "cp949", 3)
    for wrong in ({"encoding": "rot13"}, {"delimiter": "\n"}, {"kind": "ods"}, {"header_row": "x"}, {"header_row": -1}):
        with pytest.raises(ValueError, match=r"no such|invalid"):
            Dialect.of(plain().as_json() | wrong)
