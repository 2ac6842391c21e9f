from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models.functions import Now
from django.test import Client
from pytest_django.fixtures import Settings

from helpdesk import health
from helpdesk.workers import pulse, sweeping
from helpdesk.workers.models import Heartbeat
from tests.patience import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def embedded(settings: Settings, tmp_path: Path) -> None:
    settings.REDIS_URL = ""
    settings.SPOOL_DIR = tmp_path


def failing(client: Client) -> list[str]:
    """The parts that are not ready; the status must agree."""
    response = client.get("/readyz")
    failed = [name for name, word in response.json()["checks"].items() if word != "ok"]
    assert response.status_code == (503 if failed else 200)
    return failed


def test_alive_as_long_as_it_answers(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})


def test_ready_with_a_worker_that_lives(client: Client) -> None:
    pulse.beat()
    assert failing(client) == []


def test_not_ready_without_a_worker(client: Client) -> None:
    assert failing(client) == ["worker"]


def test_not_ready_when_the_worker_fell_silent(client: Client) -> None:
    Heartbeat.objects.create(worker="gone", beat_at=Now() - timedelta(seconds=31), started_at=Now())
    assert failing(client) == ["worker"]


def test_not_ready_when_the_broker_is_away(client: Client, settings: Settings) -> None:
    pulse.beat()
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert failing(client) == ["broker"]


def test_not_ready_when_the_spool_is_gone(client: Client, settings: Settings, tmp_path: Path) -> None:
    pulse.beat()
    settings.SPOOL_DIR = tmp_path / "nowhere"
    assert failing(client) == ["broker"]


def test_not_ready_when_the_disk_is_full(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    pulse.beat()
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 1 << 62)
    assert failing(client) == ["disk"]


def test_health_is_only_read(client: Client) -> None:
    assert [client.post(path).status_code for path in ("/healthz", "/readyz")] == [405, 405]


def test_a_heartbeat_is_one_row_a_process() -> None:
    pulse.beat()
    pulse.beat()
    assert Heartbeat.objects.count() == 1


def test_those_gone_for_a_day_are_forgotten() -> None:
    Heartbeat.objects.create(worker="gone", beat_at=Now() - timedelta(days=2), started_at=Now())
    pulse.beat()
    sweeping.TIDIES["workers.heartbeats"]()
    assert [row.worker == "gone" for row in Heartbeat.objects.all()] == [False]
