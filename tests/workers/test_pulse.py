from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from celery.concurrency import prefork, thread
from django.db import OperationalError
from django.db.models.functions import Now

from helpdesk.workers import pulse, sweeping
from helpdesk.workers.models import Heartbeat


@pytest.mark.django_db
def test_a_worker_gives_one_sign_of_life_again_and_again() -> None:
    assert not pulse.is_felt()
    pulse.beat()
    first = Heartbeat.objects.get()
    pulse.beat()
    assert Heartbeat.objects.get().started_at == first.started_at
    assert pulse.is_felt()


@pytest.mark.django_db
def test_a_silent_worker_is_gone_and_at_last_forgotten() -> None:
    pulse.beat()
    Heartbeat.objects.update(beat_at=Now() - timedelta(seconds=31))
    assert not pulse.is_felt()
    pulse.forget_the_gone()
    assert Heartbeat.objects.count() == 1
    Heartbeat.objects.update(beat_at=Now() - timedelta(days=1, seconds=1))
    pulse.forget_the_gone()
    assert not Heartbeat.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_fails_in_one_turn_stops_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def broken() -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(sweeping, "SWEEPS", {"broken": broken, "good": lambda: done.append("good")})
    monkeypatch.setattr(pulse, "beat", broken)
    pulse.turn()
    assert done == ["good"]


@pytest.mark.parametrize(("pool", "starts"), [(thread.TaskPool, 1), (prefork.TaskPool, 0)])
def test_beats_in_the_process_that_works(monkeypatch: pytest.MonkeyPatch, pool: Any, starts: int) -> None:
    started: list[bool] = []
    monkeypatch.setattr(pulse, "start", lambda: started.append(True))
    pulse.start_where_nothing_forks(SimpleNamespace(pool=pool.__new__(pool)))
    assert len(started) == starts
