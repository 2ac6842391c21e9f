"""A review says of each row what the run then does; how rows fall into chunks makes no difference; undo takes all of it back."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from helpdesk.exchange.models import Planned, PlannedKey
from helpdesk.jobs.models import Job
from helpdesk.jobs.tasks import run as bell
from tests.contacts.imports import spreadsheet
from tests.contacts.imports.files import CHOICES, COLUMNS, ROWS, facts, passing, populate
from tests.contacts.imports.spreadsheet import in_chunks_of, make_job, review, undo

pytestmark = pytest.mark.django_db
QUIETLY = settings(
    max_examples=int(os.environ.get("EXAMPLES", "6")),
    deadline=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink] if "EXAMPLES" not in os.environ else [Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SIZES = st.sampled_from((1, 2, 5000))
Rows = list[list[str]]


@pytest.fixture(autouse=True)
def no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "apply_async", lambda args, **_options: None)


def said(job: Job, field: str) -> list[tuple[Any, ...]]:
    """Number, what became of it (or would), old → new as people read it, and why not."""
    rows = job.rows.order_by("number").values_list("number", field, "before", "problems")
    return [(number, outcome, _shown(before), problems) for number, outcome, before, problems in rows]


def _shown(before: dict[str, Any] | None) -> dict[str, Any]:
    return {name: pair for name, pair in (before or {}).items() if not name.startswith("_")}


@given(rows=ROWS, choices=CHOICES, reviewed=SIZES, run=SIZES)
@QUIETLY
def test_a_review_predicts_each_row(
    rows: Rows, choices: dict[str, Any], reviewed: int, run: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with passing():
        populate()
        before = facts()
        job = make_job(COLUMNS, rows, **choices)
        in_chunks_of(monkeypatch, reviewed)
        job = review(job)
        assert job.state == "reviewed"
        assert facts() == before
        predicted = said(job, "predicted")
        in_chunks_of(monkeypatch, run)
        job = spreadsheet.run(job)
        assert _without_numbers(said(job, "outcome")) == _without_numbers(predicted)
        assert job.totals == job.predicted
        assert list(job.rows.order_by("number").values_list("predicted", flat=True)) == [one[1] for one in predicted]


def _without_numbers(told: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Problems name contacts by number, too: those not made yet by their row."""
    return [
        (number, outcome, before, [{**one, "params": _named(one["params"])} for one in problems or []])
        for number, outcome, before, problems in told
    ]


def _named(params: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if name not in ("first", "second")}


@given(rows=ROWS, choices=CHOICES)
@QUIETLY
def test_how_rows_fall_into_chunks_makes_no_difference(
    rows: Rows, choices: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = []
    for size in (1, 3, 5000):
        in_chunks_of(monkeypatch, size)
        with passing():
            populate()
            job = spreadsheet.run(make_job(COLUMNS, rows, **choices))
            ends.append((facts(), job.totals, sum(job.totals.values())))
    assert ends[0] == ends[1] == ends[2]
    assert ends[0][2] == len(rows)


@given(rows=ROWS, choices=CHOICES, size=SIZES)
@QUIETLY
def test_undo_takes_all_of_it_back(
    rows: Rows, choices: dict[str, Any], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_chunks_of(monkeypatch, size)
    with passing():
        populate()
        before = facts(with_versions=False)
        job = spreadsheet.run(make_job(COLUMNS, rows, **choices))
        if {"created", "updated"} & job.totals.keys():
            job = undo(job)
            assert job.state == "undone"
        assert facts(with_versions=False) == before
        assert "left" not in job.undo_totals


def test_a_second_review_forgets_the_first_and_the_run_forgets_both() -> None:
    job = make_job(["email", "company"], [["a@example.com", "Acme"], ["a@example.com", "Acme"]])
    for _try in range(2):
        assert review(job).predicted == {"created": 1, "skipped": 1}
    assert Planned.objects.count() == 2
    spreadsheet.run(job)
    assert not Planned.objects.exists()
    assert not PlannedKey.objects.exists()


def test_a_review_asks_once_for_each_name_that_differs_only_in_spelling() -> None:
    rows = [
        ["a@example.com", "한빛"],
        ["b@example.com", "(주)한빛"],
        ["c@example.com", "(주)한빛"],
        ["d@example.com", "한 빛"],
    ]
    job = review(make_job(["email", "company"], rows))
    asked = [(one["typed"], one["found"], one["rows"]) for one in job.params["spellings"]]
    assert asked == [("(주)한빛", "한빛", 2), ("한 빛", "한빛", 1)]
    assert review(job).params["spellings"] == job.params["spellings"]


def test_a_name_answered_as_new_becomes_a_company_of_its_own() -> None:
    rows = [["a@example.com", "한빛"], ["b@example.com", "(주)한빛"], ["c@example.com", "(주)한빛"]]
    job = make_job(["email", "company"], rows, answers={"(주)한빛": "new"})
    assert [(one["typed"], one["rows"]) for one in review(job).params["spellings"]] == [("(주)한빛", 2)]
    spreadsheet.run(job)
    assert facts()["companies"] == ["(주)한빛", "한빛"]
