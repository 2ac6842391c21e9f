"""Thousands at once leave what the forms' verbs leave, one by one."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from helpdesk.jobs.tasks import run as bell
from tests.contacts.imports import spreadsheet, verbs
from tests.contacts.imports.files import CHOICES, COLUMNS, ROWS, facts, passing, populate
from tests.contacts.imports.spreadsheet import in_chunks_of, make_job, outcomes

pytestmark = pytest.mark.django_db


@given(rows=ROWS, choices=CHOICES, size=st.sampled_from((2, 5000)))
@settings(
    max_examples=int(os.environ.get("EXAMPLES", "8")),
    deadline=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_an_import_leaves_what_the_verbs_leave(
    rows: list[list[str]], choices: dict[str, Any], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell, "apply_async", lambda args, **_options: None)
    in_chunks_of(monkeypatch, size)
    with passing():
        populate()
        by_import = outcomes(spreadsheet.run(make_job(COLUMNS, rows, **choices))), facts()
    with passing():
        populate()
        by_hand = verbs.import_rows(COLUMNS, rows, choices), facts()
    assert by_import == by_hand
