"""Which row names the columns, and what they are called."""

from __future__ import annotations

import pytest

from helpdesk.exchange.reading.headers import guess_row, headers_of

PERSON = ["홍길동", "hong@example.com", "010-1234-5678", "서울"]


def test_blank_names_are_numbered_and_repeated_ones_counted() -> None:
    row = ["Name", "Email", " ", "Email", "Email (2)", " Email\n", "Column 3"]
    assert headers_of([row], 1) == ["Name", "Email", "Column 3", "Email (3)", "Email (2)", "Email (4)", "Column 3 (2)"]


def test_without_a_header_columns_are_numbered() -> None:
    assert headers_of([["a"], ["a", "b", ""]], 0) == ["Column 1", "Column 2"]


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        ([], 1),
        ([["고객 명단"]], 2),
        ([["고객 명단", "", "2026-03-01"], [], ["담당", "김"]], 4),
        ([[], []], 3),
    ],
)
def test_titles_above_the_header_are_passed_over(above: list[list[str]], expected: int) -> None:
    assert guess_row([*above, ["이름", "이메일", "전화", "도시"], PERSON, PERSON]) == expected


@pytest.mark.parametrize("first", [PERSON, ["Kim", "02-123-4567", "", "Seoul"]])
def test_a_table_may_begin_with_data(first: list[str]) -> None:
    assert guess_row([first, PERSON]) == 0


def test_years_may_name_columns() -> None:
    assert guess_row([["Name", "2025", "2026"], ["Kim", "1", "2"]]) == 1
