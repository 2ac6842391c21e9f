"""The record file: from any cursor on, the same rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

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


def test_of_long_records_fewer_are_read_but_one_at_least(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    everything, _outline = converted(csv_of(tmp_path, "이름\n" + "".join(f"{letter * 40}\n" for letter in "abcd")))
    path, length = tmp_path / "records", everything[0].cursor
    monkeypatch.setattr(records, "MAX_RECORD", 2 * length + 1)
    assert records.read(path, 0, 500) == everything[:2]
    monkeypatch.setattr(records, "MAX_RECORD", length - 1)
    assert records.read(path, 0, 500) == everything[:1]
    assert list(records.records(path)) == everything


def test_a_line_is_what_json_makes_of_it(tmp_path: Path) -> None:
    everything, _outline = converted(csv_of(tmp_path, CONTENT))
    lines = (tmp_path / "records").read_bytes().split(b"\n")
    first = everything[0]
    assert lines[0].decode() == json.dumps([first.number, first.cells, first.fault], ensure_ascii=False)
    assert len(lines) == 1201
