"""Rows of a record file, found by their number."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.exchange.queries import find_records

ROWS = st.dictionaries(
    st.integers(1, 400),
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=3),
    max_size=40,
)


@given(rows=ROWS, wanted=st.sets(st.integers(0, 410), max_size=12))
def test_finds_exactly_the_rows_that_are_there(rows: dict[int, list[str]], wanted: set[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records"
        lines = (json.dumps([number, cells, ""], ensure_ascii=False) for number, cells in sorted(rows.items()))
        path.write_bytes("".join(f"{line}\n" for line in lines).encode())
        expected = {number: rows[number] for number in wanted if number in rows}
        assert find_records(path, list(wanted)) == expected
