"""The record file: from any cursor on, the same rows."""

from __future__ import annotations

import json
from pathlib import Path

from helpdesk.exchange.reading import records
from tests.exchange.reading.files import converted, csv_of

CONTENT = "이름,메모\n" + "".join(f'홍 {number},"{number}\u2028\\n"\n' for number in range(1200))


def test_reading_goes_on_where_the_cursor_stands(tmp_path: Path) -> None:
    everything, _outline = converted(csv_of(tmp_path, CONTENT))
    path, cursor, found = tmp_path / "records", 0, []
    while some := records.read(path, cursor, 7):
        found += some
        cursor = some[-1].cursor
    assert found == everything
    assert cursor == path.stat().st_size
    assert list(records.records(path, everything[99].cursor)) == everything[100:]
    assert records.read(path, cursor, 7) == []


def test_a_line_is_what_json_makes_of_it(tmp_path: Path) -> None:
    everything, _outline = converted(csv_of(tmp_path, CONTENT))
    lines = (tmp_path / "records").read_bytes().split(b"\n")
    first = everything[0]
    assert lines[0].decode() == json.dumps([first.number, first.cells, first.fault], ensure_ascii=False)
    assert len(lines) == 1201
