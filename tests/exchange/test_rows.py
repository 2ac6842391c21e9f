"""Rows of a record file, found by their number; rows of tables, written and found many at once."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.audit.actions import Entry, Target, record_all, row_of
from helpdesk.audit.models import AuditEntry
from helpdesk.exchange.queries import find_records
from helpdesk.exchange.rows import fetch, put_unsaved
from helpdesk.users import actors
from tests import factories

TEXTS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), st.sampled_from('\\",{}')), max_size=6
)

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


def test_of_long_cells_only_the_beginning_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "records"
    path.write_text(json.dumps([2, ["x" * 30_000] * 100, ""]) + "\n")
    assert find_records(path, [2]) == {2: ["x" * 500] * 100}


@pytest.mark.django_db
@given(one=TEXTS, several=st.lists(TEXTS, max_size=5))
def test_the_database_finds_a_text_among_others_whatever_is_in_it(one: str, several: list[str]) -> None:
    assert bool(fetch("SELECT 1 WHERE CAST(%s AS text) {among}", one, several)) == (one in several)


@pytest.mark.django_db
def test_what_is_put_unsaved_is_what_would_have_been_saved() -> None:
    entry = Entry(
        "company.create", Target("companies.company", 7, "한빛"), {"name": (None, '한"빛\\')}, at=timezone.now()
    )
    actor = actors.person(factories.make_admin())
    (saved,) = record_all([entry], by=actor)
    put_unsaved([row_of(entry, actor)])
    put_unsaved([])
    one, other = AuditEntry.objects.filter(target_id=7).order_by("pk").values()
    assert saved.pk == one.pop("id") != other.pop("id")
    assert one == other
