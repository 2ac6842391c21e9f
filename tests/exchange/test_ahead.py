"""What an import reads while the database works on the rows before."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from contacts.imports.cells import Cleaner
from contacts.models import Contact
from helpdesk.exchange import ahead
from helpdesk.exchange.ahead import Place
from helpdesk.exchange.reading import records as record_file
from helpdesk.exchange.reading.records import Record
from helpdesk.jobs.kinds import KINDS
from tests import factories
from tests.exchange.imports import imported

pytestmark = pytest.mark.django_db
IS_READ_AHEAD = connection.vendor == "postgresql"
"""On SQLite nobody waits for anybody else."""


@pytest.fixture(autouse=True)
def nothing_is_coming() -> Iterator[None]:
    ahead.drop()
    yield
    ahead.drop()


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """Ten of them."""
    path = tmp_path / "records"
    path.write_text("".join(f'[{number}, ["cell {number}"], ""]\n' for number in range(2, 12)))
    return path


@pytest.fixture
def in_threes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "contacts.import", replace(KINDS["contacts.import"], batch=3))


def by_whom(record: Record) -> tuple[int, str]:
    return record.number, threading.current_thread().name


def numbers(rows: list[Any]) -> list[int]:
    return [row.data[0] for row in rows]


def test_what_comes_next_is_read_by_somebody_else_once_the_importer_waits(records: Path) -> None:
    place = Place(records, 0, 4, epoch=1)
    first = ahead.take(place, by_whom)
    ahead.go_on()
    second = ahead.take(place.after(first), by_whom)
    assert (numbers(first), numbers(second)) == ([2, 3, 4, 5], [6, 7, 8, 9])
    readers = {row.data[1] for row in second}
    assert readers == ({"import-ahead"} if IS_READ_AHEAD else {threading.current_thread().name})


def test_fewer_rows_than_asked_for_do_not_end_it(records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_file, "MAX_RECORD", 50)
    place = Place(records, 0, 100, epoch=1)
    first = ahead.take(place, by_whom)
    ahead.go_on()
    second = ahead.take(place.after(first), by_whom)
    assert (numbers(first), numbers(second)) == ([2, 3], [4, 5])
    assert ("import-ahead" in {row.data[1] for row in second}) == IS_READ_AHEAD


def test_it_is_read_by_whoever_needs_it_where_the_importer_never_waited(records: Path) -> None:
    place = Place(records, 0, 4, epoch=1)
    second = ahead.take(place.after(ahead.take(place, by_whom)), by_whom)
    assert {row.data for row in second} == {(number, threading.current_thread().name) for number in (6, 7, 8, 9)}


@pytest.mark.parametrize("other", [{"offset": 0}, {"limit": 3}, {"epoch": 2}], ids=str)
def test_what_was_read_for_another_place_is_nobodys(records: Path, other: dict[str, Any]) -> None:
    place = Place(records, 0, 4, epoch=1)
    after = place.after(ahead.take(place, by_whom))
    ahead.go_on()
    rows = ahead.take(replace(after, **other), by_whom)
    assert {row.data[1] for row in rows} == {threading.current_thread().name}


def test_nothing_is_read_behind_the_end(records: Path) -> None:
    rows = ahead.take(Place(records, 0, 11, epoch=1), by_whom)
    ahead.go_on()
    assert len(rows) == 10
    assert not [one for one in threading.enumerate() if one.name == "import-ahead"]


def test_a_file_that_went_meanwhile_is_missed_by_whoever_needs_it(records: Path) -> None:
    place = Place(records, 0, 4, epoch=1)
    after = place.after(ahead.take(place, by_whom))
    records.unlink()
    ahead.go_on()
    with pytest.raises(FileNotFoundError):
        ahead.take(after, by_whom)


def test_an_import_of_several_chunks_is_the_same_as_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    admin = factories.make_admin()
    rows = [(f"사람 {number}", f"p{number}@acme.example", "", "") for number in range(8)]
    rows += [("사람 0", "p0@acme.example", "", "두 번째"), ("?", "nobody at acme", "", "")]
    monkeypatch.setitem(KINDS, "contacts.import", replace(KINDS["contacts.import"], batch=3))
    job = imported(rows, by=admin)
    assert (job.state, job.totals) == ("done", {"created": 8, "updated": 1, "failed": 1})
    assert list(job.rows.order_by("number").values_list("number", flat=True)) == list(range(2, 12))
    assert Contact.objects.get(addresses__key="p0@acme.example").notes == "두 번째"


def test_an_import_of_long_rows_comes_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_file, "MAX_RECORD", 200)
    admin = factories.make_admin()
    rows = [(f"사람 {number}", f"p{number}@acme.example", "", "긴 쪽지 " * number) for number in range(20)]
    job = imported([*rows, ("?", "nobody at acme", "", "")], by=admin)
    assert (job.state, job.totals) == ("done", {"created": 20, "failed": 1})
    assert list(job.rows.order_by("number").values_list("number", flat=True)) == list(range(2, 23))


@pytest.mark.usefixtures("in_threes")
def test_a_row_that_the_program_stumbles_over_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    read: Callable[..., Any] = Cleaner.wish

    def stumbling(self: Cleaner, number: int, cells: list[str], fault: str = "") -> Any:
        if cells[0] == "Bad":
            raise ZeroDivisionError
        return read(self, number, cells, fault)

    monkeypatch.setattr(Cleaner, "wish", stumbling)
    names = ["One", "Two", "Three", "Four", "Bad", "Six", "Seven"]
    job = imported([(name, f"{name}@acme.example", "", "") for name in names], by=factories.make_admin())
    assert job.totals == {"created": 6, "failed": 1}
    (failed,) = job.rows.filter(outcome="failed")
    assert failed.number == 6
    assert [problem["params"] for problem in failed.problems or ()] == [{"kind": "ZeroDivisionError"}]
