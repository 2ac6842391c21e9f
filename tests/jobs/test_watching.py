"""While somebody looks at jobs, their web process sweeps as well."""

from __future__ import annotations

import threading

import pytest
from django.test import Client

from helpdesk.jobs import chores
from tests.conftest import SignIn
from tests.factories import make_admin
from tests.jobkinds import started
from tests.patience import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def as_watcher(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(chores, "_looked", -PATIENCE)
    return sign_in(make_admin())


def test_looking_at_the_list_rings_for_what_waits_but_not_at_every_look(
    as_watcher: Client, rings: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chores, "INTERVAL", PATIENCE)  # longer than the test, however busy the machine
    job = started(1)
    rings.clear()
    for _look in range(3):
        as_watcher.get("/jobs/")
        finished()
    job.refresh_from_db()
    assert rings == [(job.pk, job.epoch)]


def finished() -> None:
    """Wait until the look is over."""
    for thread in threading.enumerate():
        if thread.name == "jobs-watch":
            thread.join(PATIENCE)
