"""The process that opens uploads: what it reports, and that nothing it suffers goes further."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from helpdesk.exchange import reading
from helpdesk.exchange.reading import FileRefused, guarding, problems, records
from tests.exchange.reading.files import csv_of, plain, repacked, sheet_xml, xlsx_of

pytestmark = pytest.mark.processes
PEOPLE = [["이름", "전화"], ["홍길동", "02"]]


def test_a_file_is_looked_at_sampled_and_converted(tmp_path: Path) -> None:
    path = csv_of(tmp_path, "이름,전화\n홍길동,02\n".encode("cp949"), "upload")
    found = reading.sniff(path, "명단.csv")
    assert found.dialect == plain(encoding="cp949")
    assert reading.sample(path, found.dialect).rows == [["홍길동", "02"]]
    outline = reading.convert(path, found.dialect, tmp_path / "records")
    assert outline.as_json() == {"rows": 1, "headers": ["이름", "전화"], "broken": None}
    assert [record.cells for record in records.read(tmp_path / "records", 0, 10)] == [["홍길동", "02"]]


def test_a_workbook_crosses_with_its_worksheets(tmp_path: Path) -> None:
    path = xlsx_of(tmp_path, PEOPLE, "upload")
    found = reading.sniff(path, "명단.xlsx")
    assert (found.worksheets, found.dialect.worksheet) == ([("Sheet", False)], "Sheet")
    assert reading.convert(path, found.dialect, tmp_path / "records").rows == 1


def test_a_refusal_crosses_and_leaves_nothing(tmp_path: Path) -> None:
    path = csv_of(tmp_path, "a\n" + "," * 300 + "x\n")
    with pytest.raises(FileRefused) as refused:
        reading.convert(path, plain(header_row=0), tmp_path / "records")
    assert refused.value.problem == {"text": problems.TOO_MANY_COLUMNS, "params": {"limit": 200}}
    assert not (tmp_path / "records").exists()


def test_a_file_that_is_gone_is_not_the_files_fault(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        reading.sniff(tmp_path / "gone", "gone.csv")


def test_a_file_that_wants_too_much_memory_could_not_be_read(tmp_path: Path) -> None:
    """Cells that lie about their row make the reader of values ask for gigabytes and abort."""
    rows = '<row><c r="A1"><v>1</v></c><c r="CV1048576"><v>1</v></c><c r="A2"><v>2</v></c></row>'
    path = repacked(xlsx_of(tmp_path, PEOPLE), sheet_xml(rows))
    with pytest.raises(FileRefused) as refused:
        reading.convert(path, reading.Dialect(kind="xlsx", worksheet="Sheet"), tmp_path / "records")
    assert refused.value.problem == {"text": problems.UNREADABLE, "params": {}}
    assert not (tmp_path / "records").exists()


def test_a_bomb_that_lies_about_its_size_could_not_be_read(tmp_path: Path) -> None:
    path = repacked(xlsx_of(tmp_path, PEOPLE), {"xl/sharedStrings.xml": b"<sst>" + b" " * 3_000_000})
    with zipfile.ZipFile(path) as archive:
        real = archive.getinfo("xl/sharedStrings.xml").file_size
    path.write_bytes(path.read_bytes().replace(real.to_bytes(4, "little"), (900_000).to_bytes(4, "little")))
    with pytest.raises(FileRefused) as refused:
        reading.convert(path, reading.Dialect(kind="xlsx", worksheet="Sheet"), tmp_path / "records")
    assert refused.value.problem["text"] == problems.DAMAGED


def test_processor_time_is_limited(tmp_path: Path) -> None:
    path = csv_of(tmp_path, "a,b\n" + "1,2\n" * 900_000)
    with pytest.raises(FileRefused) as refused:
        guarding.run(
            "convert", seconds=0, beat=lambda _rows: None, path=str(path), dialect=plain().as_json(), out=os.devnull
        )
    assert refused.value.problem["text"] == problems.UNREADABLE


def test_the_beat_is_heard_and_can_end_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "BEAT", 0.01)
    path = csv_of(tmp_path, "a,b\n" + "1,2\n" * 400_000)
    heard: list[int] = []

    def beat(rows: int) -> None:
        heard.append(rows)
        if rows:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        reading.convert(path, plain(), tmp_path / "records", beat=beat)
    assert 0 < heard[-1] < 400_000
    assert not (tmp_path / "records").exists()


def test_the_child_knows_neither_the_house_nor_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hush")
    code = (
        "import sys, os; sys.path.append(sys.argv[1]); import reading.child; "
        "print([name for name in ('django', 'celery', 'helpdesk', 'openpyxl') if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-I", "-c", code, str(guarding.ROOM)], capture_output=True, text=True, check=True, env={}
    )
    assert told.stdout.strip() == "[]"
    with guarding._child("null") as child:
        assert b"hush" not in Path(f"/proc/{child.pid}/environ").read_bytes()
