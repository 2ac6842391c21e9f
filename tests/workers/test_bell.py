from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from helpdesk.workers import bell
from helpdesk.workers.tasks import sweep


@pytest.fixture
def rings(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    heard: list[dict[str, Any]] = []
    monkeypatch.setattr(sweep, "apply_async", lambda **options: heard.append(options))
    return heard


@pytest.mark.django_db
def test_rings_once_committed(rings: list[dict[str, Any]], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            bell.ring_on_commit(sweep, 7)
        assert rings == []
    assert [ring["args"] for ring in rings] == [(7,)]
    assert rings[0]["retry"] is False and rings[0]["expires"] == bell.FADES_AFTER


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_cause_rings_nobody(rings: list[dict[str, Any]]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        bell.ring_on_commit(sweep)
        raise RuntimeError
    assert rings == []


def test_says_when_nobody_could_hear(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(**_options: object) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(sweep, "apply_async", unreachable)
    assert bell.ring(sweep) is False
