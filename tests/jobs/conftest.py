"""The kinds that these tests run, and a bell that only remembers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from helpdesk.jobs.tasks import run
from tests import jobkinds


@pytest.fixture(autouse=True)
def kinds_of_tests() -> Iterator[None]:
    jobkinds.register()
    yield
    jobkinds.forget()


@pytest.fixture(autouse=True)
def rings(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """(job, epoch) of each ring."""
    heard: list[tuple[int, int]] = []
    monkeypatch.setattr(run, "apply_async", lambda args, **_options: heard.append(tuple(args)))
    return heard
