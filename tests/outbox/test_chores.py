from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from helpdesk.outbox import chores, claims, delivery
from helpdesk.outbox.models import MailChannel, OutgoingEmail, SecretLink
from helpdesk.outbox.tasks import deliver
from helpdesk.workers.sweeping import SWEEPS
from tests.letters import letter, post_letters, posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def rings(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    heard: list[object] = []
    monkeypatch.setattr(deliver, "apply_async", lambda **options: heard.append(options))
    return heard


def test_the_sweeper_does_them() -> None:
    assert {"outbox.abandoned", "outbox.due"} <= set(SWEEPS)


def test_letters_of_a_dead_worker_wait_again_or_are_unknown() -> None:
    post_letters(letter(), letter(), letter())
    claim = claims.take()
    assert claim is not None
    handed = claim.letters[0]
    assert claim.hand_over(handed, None, "<1@x>")
    chores.give_back_abandoned()
    assert _states() == ["handoff", "claimed", "claimed"]
    _expire()
    chores.give_back_abandoned()
    assert _states() == ["unknown", "queued", "queued"]
    assert OutgoingEmail.objects.get(pk=handed.pk).reason == chores.WORKER_GONE


def test_a_late_answer_is_worth_more_than_unknown(mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def taken_for_dead() -> None:
        _expire()
        chores.give_back_abandoned()

    posted()
    _stop_after_handoff(monkeypatch, taken_for_dead)
    delivery.deliver_due()
    assert (_states(), len(mailoutbox)) == (["sent"], 1)


def test_one_that_slept_past_its_lease_does_not_send(
    mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.OUTBOX_LEASE_SECONDS = 2  # a busy machine takes its time before the handoff, too
    posted()
    _stop_after_handoff(monkeypatch, lambda: time.sleep(2.1))
    delivery.deliver_batch()
    assert (_states(), mailoutbox) == (["queued"], [])
    assert OutgoingEmail.objects.get().attempts == 0
    assert not SecretLink.objects.live().exists()


def test_rings_only_for_what_may_go_now(rings: list[object], settings: Any) -> None:
    chores.ring_for_due()
    assert rings == []
    posted()
    chores.ring_for_due()
    assert len(rings) == 1
    MailChannel.objects.create(pk=1, failures=5, paused_at=Now(), probe_at=Now() + timedelta(seconds=60))
    chores.ring_for_due()
    MailChannel.objects.all().delete()
    OutgoingEmail.objects.update(run_at=Now() + timedelta(minutes=1))
    chores.ring_for_due()
    settings.EMAIL_BACKEND = "helpdesk.outbox.eml.NoMailServer"
    OutgoingEmail.objects.update(run_at=Now())
    chores.ring_for_due()
    assert len(rings) == 1


@pytest.mark.django_db(transaction=True)
def test_where_nobody_hears_the_bell_the_sweeper_delivers(
    monkeypatch: pytest.MonkeyPatch, mailoutbox: list[Any]
) -> None:
    def unreachable(**_options: object) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(deliver, "apply_async", unreachable)
    posted()
    chores.ring_for_due()
    for thread in threading.enumerate():
        if thread.name == "outbox":
            thread.join(10)
    assert (len(mailoutbox), _states()) == (1, ["sent"])


def _states() -> list[str]:
    return list(OutgoingEmail.objects.order_by("pk").values_list("state", flat=True))


def _expire() -> None:
    OutgoingEmail.objects.filter(lease_until__isnull=False).update(lease_until=Now() - timedelta(seconds=1))


def _stop_after_handoff(monkeypatch: pytest.MonkeyPatch, then: Any) -> None:
    monkeypatch.setattr(delivery, "faultpoint", lambda name: then() if name == "outbox.after_handoff" else None)
