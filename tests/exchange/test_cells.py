"""Texts as cells: nothing is run, nothing is lost, and taking the apostrophe away gives back the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.exchange.cells import BETWEEN, LINES, defused, defused_in_workbook, joined, restored, separated

TEXTS = st.text(alphabet=st.sampled_from("'=+-@\t\r\n＝＋0123456789 ab가\";;"), max_size=14)


@pytest.mark.parametrize(
    "text", ["=1+1", "+82 10", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "007", "123456789012"]
)
def test_what_a_spreadsheet_would_run_or_spoil_gets_an_apostrophe(text: str) -> None:
    assert defused(text) == f"'{text}"
    assert defused_in_workbook(text) == text


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Smith;=1+1", "Smith;'=1+1"),
        ("a; @SUM(A1); +1;-2", "a; '@SUM(A1); '+1;'-2"),
        ('x;"=1+1&";y', 'x;"\'=1+1&";y'),
        (";;=1", ";;'=1"),
        ("=1;＝1", "'=1;'＝1"),
        ("a;'=1", "a;''=1"),
    ],
)
def test_so_does_what_would_begin_a_cell_behind_a_semicolon(text: str, cell: str) -> None:
    assert defused(text) == cell
    assert restored(cell) == restored(defused_in_workbook(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "Kim", "a;007", "a; b=1", "a;\n- b", "; '", "'quoted", "010-1234-5678", "12", "0", "a=1", "12345678901", "'"],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert defused(text) == defused_in_workbook(text) == restored(text) == text


@pytest.mark.parametrize("text", ["'=1", "''=1", "'007"])
def test_what_reads_like_ours_gets_one_more(text: str) -> None:
    assert defused(text) == defused_in_workbook(text) == f"'{text}"


@given(TEXTS)
def test_every_text_comes_back(text: str) -> None:
    assert restored(defused(text)) == restored(defused_in_workbook(text)) == text


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), min_size=1, max_size=4))
def test_many_cells_at_once_are_each_of_them(rows: list[list[str]]) -> None:
    def together(cells: list[list[str]]) -> str:
        return LINES.join(BETWEEN.join(row) for row in cells)

    assert defused(together(rows)) == together([[defused(cell) for cell in row] for row in rows])
    assert defused_in_workbook(together(rows)) == together(
        [[defused_in_workbook(cell) for cell in row] for row in rows]
    )


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("a; b", ["a", "b"]),
        (" a ;; b;", ["a", "b"]),
        ('"a;b"; c', ["a;b", "c"]),
        ('"a ""x"" ;"', ['a "x" ;']),
        ('"quoted" name; b', ['"quoted" name', "b"]),
        ('"open; b', ['"open', "b"]),
        ("", []),
    ],
)
def test_several_values_share_a_cell(cell: str, values: list[str]) -> None:
    assert separated(cell) == values


@given(st.lists(st.text(alphabet='ab;"가', min_size=1, max_size=6), max_size=4))
def test_values_that_were_joined_are_separated_again(values: list[str]) -> None:
    assert separated(joined(values)) == values
