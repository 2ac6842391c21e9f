from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from helpdesk.outbox.models import MailChannel, OutgoingEmail
from helpdesk.workers import pulse
from helpdesk.workers.models import Heartbeat
from tests.jobkinds import started
from tests.patience import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def embedded(settings: Settings, tmp_path: Path) -> None:
    settings.REDIS_URL = ""
    settings.SPOOL_DIR = tmp_path


def shown(client: Client) -> str:
    return client.get(reverse("jobs:background")).content.decode()


def test_all_is_well(as_admin: Client) -> None:
    pulse.beat()
    assert "Nothing is in the way" in shown(as_admin)


def test_says_that_mail_goes_out_only_where_it_does(as_admin: Client, settings: Settings) -> None:
    pulse.beat()
    settings.PLAYS_MAIL_SERVER = False
    assert "mail goes out" in shown(as_admin)
    settings.PLAYS_MAIL_SERVER, settings.MAIL_DIR = True, Path("/kept/here")
    seen = shown(as_admin)
    assert "mail goes out" not in seen and "letters are kept as files in /kept/here" in seen


def test_no_worker_was_ever_seen(as_admin: Client) -> None:
    assert "No worker has been seen yet: start one with “manage.py worker”." in shown(as_admin)


def test_no_worker_for_three_minutes(as_admin: Client) -> None:
    Heartbeat.objects.create(worker="gone:1", beat_at=Now() - timedelta(minutes=3), started_at=Now())
    assert "No worker has been seen for 3\xa0minutes: start one with “manage.py worker”." in shown(as_admin)


def test_a_broker_that_does_not_answer(as_admin: Client, settings: Settings) -> None:
    pulse.beat()
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert "Redis does not answer." in shown(as_admin)
    settings.REDIS_URL = ""
    settings.SPOOL_DIR = Path("/nowhere")
    assert "The folder for messages cannot be written." in shown(as_admin)


def test_mail_that_is_paused(as_admin: Client) -> None:
    pulse.beat()
    MailChannel.objects.create(
        pk=1, failures=5, paused_at=Now() - timedelta(minutes=9), last_error="535 wrong <password>"
    )
    seen = shown(as_admin)
    assert "paused for 9\xa0minutes" in seen and "535 wrong &lt;password&gt;" in seen


def test_no_mail_server(as_admin: Client, settings: Settings) -> None:
    pulse.beat()
    settings.EMAIL_BACKEND = "helpdesk.outbox.eml.NoMailServer"
    assert "No mail server is set" in shown(as_admin)


def test_a_letter_that_waits_although_all_is_well(as_admin: Client) -> None:
    pulse.beat()
    letter = OutgoingEmail.objects.create(
        notice="x", cause="x", to_email="x@y.example", language="en", run_at=Now() - timedelta(minutes=5)
    )
    seen = shown(as_admin)
    assert "A letter has been waiting for 5\xa0minutes although a worker is alive" in seen
    assert reverse("outbox:show", args=[letter.pk]) in seen


def test_the_oldest_waiting_job_is_named(as_admin: Client) -> None:
    oldest = started(1)
    started(1)
    seen = shown(as_admin)
    assert oldest.get_absolute_url() in seen and "2; the oldest for" in seen
