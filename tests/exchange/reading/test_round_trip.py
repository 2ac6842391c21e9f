"""What Python's own writer of CSV writes comes back, cell by cell."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk.exchange.reading.dialects import DELIMITERS, ENCODINGS
from tests.exchange.reading.files import plain, rows_of

HEADER = ["a", "b", "c"]
CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8) | st.text(
    '가힣홍철뷁éß",;|\t\r\n =', max_size=6
)
TABLES = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=6)


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=TABLES, delimiter=st.sampled_from(DELIMITERS))
def test_any_table_comes_back_cell_by_cell(
    tmp_path: Path, encoding: str, rows: list[list[str]], delimiter: str
) -> None:
    writable = [[cell.encode(encoding, "ignore").decode(encoding) for cell in row] for row in rows]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([HEADER, *writable])
    path = tmp_path / "table.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    assert rows_of(path, plain(delimiter, encoding)) == [row for row in writable if "".join(row).strip()]
