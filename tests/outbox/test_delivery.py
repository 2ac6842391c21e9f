from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now

from helpdesk.outbox import channel, claims, delivery, links, notices
from helpdesk.outbox.lines import line_out
from helpdesk.outbox.models import MailChannel, OutgoingEmail, SecretLink, State
from helpdesk.outbox.notices import Notice
from helpdesk.outbox.outcomes import BACK_OFF
from helpdesk.outbox.posting import post
from helpdesk.users import actors
from tests.letters import GREETING, letter, post_letters, posted
from tests.mail import MailServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(tmp_path: Path, settings: Any) -> Iterator[MailServer]:
    with MailServer(tmp_path) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 15
        yield server


def test_delivers_over_smtp_with_a_live_link(server: MailServer) -> None:
    row = posted(to_email="kim@acme.example", about=("contacts.contact", 7))
    assert not delivery.deliver_due()
    row.refresh_from_db()
    (message,) = server.accepted
    assert (row.state, row.attempts, row.server_reply) == (State.SENT, 1, "250 OK: taken")
    assert (message.to, message.id, message.subject) == ("kim@acme.example", row.message_id, "Hello")
    found = links.find(message.link.rstrip("/").rpartition("/")[2], "activate")
    assert found.is_live and found.link is not None
    assert (found.link.subject_id, found.link.sent_to, found.link.letter) == (7, "kim@acme.example", row)
    assert (
        message.link.rstrip("/").rpartition("/")[2]
        not in f"{OutgoingEmail.objects.values()}{SecretLink.objects.values()}"
    )


def test_one_refused_recipient_does_not_stop_the_others(server: MailServer) -> None:
    server.obey(refuse=["nobody@"], defer=["busy@"])
    rows = [posted(to_email=f"{name}@acme.example") for name in ("a", "nobody", "b", "busy", "c")]
    delivery.deliver_due()
    assert [_now(row).state for row in rows] == ["sent", "failed", "sent", "queued", "sent"]
    assert _now(rows[1]).server_reply == "550 5.1.1 No such user here"
    assert _now(rows[3]).server_reply == "451 4.7.1 Greylisted, try again"
    assert _now(rows[3]).finished_at is None and _now(rows[1]).finished_at is not None


def test_a_refused_letters_link_dies(server: MailServer) -> None:
    server.obey(refuse=["nobody@"])
    posted(to_email="nobody@acme.example")
    delivery.deliver_due()
    assert not SecretLink.objects.live().exists()
    assert SecretLink.objects.count() == 1


def test_a_temporary_no_is_asked_again_later_and_at_last_taken_for_an_answer(server: MailServer) -> None:
    server.obey(defer=["busy@"])
    row = posted(to_email="busy@acme.example")
    for attempt, minutes in enumerate(BACK_OFF, start=1):
        delivery.deliver_due()
        wait = (_now(row).run_at - _clock()).total_seconds() / 60
        assert (_now(row).attempts, _now(row).state) == (attempt, State.QUEUED)
        assert minutes * 0.85 < wait < minutes * 1.15
        OutgoingEmail.objects.update(run_at=Now())
    delivery.deliver_due()
    assert (_now(row).state, _now(row).attempts) == (State.FAILED, len(BACK_OFF) + 1)
    assert sum(BACK_OFF) * 1.1 < 24 * 60


def test_a_connection_dropped_after_the_content_leaves_the_letter_unknown(server: MailServer) -> None:
    server.obey(drop=["gone@"], drop_accepted=["taken@"])
    rows = [posted(to_email=f"{name}@acme.example") for name in ("a", "gone", "taken", "b")]
    delivery.deliver_due()
    assert [_now(row).state for row in rows] == ["sent", "unknown", "unknown", "sent"]
    assert sorted(server.copies) == ["a@acme.example", "b@acme.example", "taken@acme.example"]


def test_a_connection_dropped_before_the_content_took_nothing(server: MailServer) -> None:
    server.obey(hang_up=["gone@"])
    rows = [posted(to_email=f"{name}@acme.example") for name in ("a", "gone", "b")]
    delivery.deliver_due()
    assert [_now(row).state for row in rows] == ["sent", "queued", "queued"]
    assert [_now(row).attempts for row in rows] == [1, 1, 0]
    server.obey()
    OutgoingEmail.objects.update(run_at=Now())
    MailChannel.objects.update(probe_at=None)
    delivery.deliver_due()
    assert server.copies == {f"{name}@acme.example": 1 for name in ("a", "gone", "b")}


def test_a_letter_at_whose_recipient_the_server_hangs_up_lets_the_others_go_first(server: MailServer) -> None:
    server.obey(hang_up=["gone@"])
    rows = [posted(to_email=f"{name}@acme.example") for name in ("gone", "a", "b")]
    delivery.deliver_due()
    assert [(_now(row).state, _now(row).attempts) for row in rows] == [("queued", 0)] * 3
    OutgoingEmail.objects.filter(pk=rows[0].pk).update(run_at=Now())
    MailChannel.objects.update(probe_at=None)
    delivery.deliver_due()
    assert [(_now(row).state, _now(row).attempts) for row in rows] == [("queued", 1), ("sent", 1), ("sent", 1)]
    assert (_now(rows[0]).run_at - _clock()).total_seconds() > 30


@pytest.mark.parametrize(
    "trouble", [{"hang_up": [""]}, *({"unavailable": moment} for moment in ("greeting", "EHLO", "MAIL", "RCPT"))]
)
def test_a_server_that_closes_the_channel_costs_no_attempt(server: MailServer, trouble: dict[str, Any]) -> None:
    server.obey(**trouble)
    rows = [posted() for _ in range(3)]
    for failures in range(1, 6):
        delivery.deliver_due()
        assert {(_now(row).state, _now(row).attempts, _now(row).worker) for row in rows} == {("queued", 0, "")}
        assert channel.load().failures == failures
        OutgoingEmail.objects.update(run_at=Now())
        MailChannel.objects.update(probe_at=Now())
    assert channel.load().paused_at is not None
    server.obey()
    delivery.deliver_due()
    assert {(_now(row).state, _now(row).attempts) for row in rows} == {("sent", 1)}
    assert channel.load().paused_at is None


def test_a_server_that_ends_connections_after_some_letters_gets_new_ones(server: MailServer) -> None:
    server.obey(most_per_connection=3)
    rows = [posted() for _ in range(10)]
    delivery.deliver_due()
    assert {_now(row).state for row in rows} == {State.SENT}
    assert {_now(row).attempts for row in rows} == {1}
    assert len(server.accepted) == 10


def test_a_stalled_answer_leaves_the_letter_unknown(server: MailServer, settings: Any) -> None:
    settings.EMAIL_TIMEOUT = 3  # enough for every other answer of a busy machine
    server.obey(stall=60)
    row = posted()
    delivery.deliver_due()
    assert _now(row).state == State.UNKNOWN


def test_an_unreachable_server_pauses_the_channel_without_burning_attempts(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        channel, "BETWEEN_TRIES", timedelta(minutes=5)
    )  # longer than the test, however busy the machine
    server.stop()
    rows = [posted() for _ in range(3)]
    for failures in range(1, 6):
        delivery.deliver_due()
        assert channel.load().failures == failures
        assert (channel.load().paused_at is not None) == (failures == 5)
        delivery.deliver_due()  # within the pause between tries: nothing happens
        assert channel.load().failures == failures
        MailChannel.objects.update(probe_at=Now())
    assert {(_now(row).state, _now(row).attempts, _now(row).worker) for row in rows} == {("queued", 0, "")}
    server.start()
    delivery.deliver_due()
    assert {_now(row).state for row in rows} == {State.SENT}
    assert (channel.load().failures, channel.load().paused_at) == (0, None)


def test_a_paused_channel_is_probed_also_when_no_letter_is_due(server: MailServer) -> None:
    MailChannel.objects.create(pk=1, failures=5, paused_at=Now(), probe_at=Now())
    delivery.deliver_due()
    assert channel.load().paused_at is None


def test_a_wrong_password_pauses_rather_than_fails(tmp_path: Path, settings: Any) -> None:
    with MailServer(tmp_path, password="right") as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "helpdesk", "wrong"
        row = posted()
        delivery.deliver_due()
        assert (_now(row).state, _now(row).attempts) == (State.QUEUED, 0)
        assert "535" in channel.load().last_error
        settings.EMAIL_HOST_PASSWORD = "right"
        MailChannel.objects.update(probe_at=Now())
        delivery.deliver_due()
        assert _now(row).state == State.SENT


def test_a_refused_sender_is_no_letters_fault(server: MailServer) -> None:
    server.obey(refuse_sender=True)
    rows = [posted() for _ in range(3)]
    delivery.deliver_due()
    assert {(_now(row).state, _now(row).attempts) for row in rows} == {("queued", 0)}
    assert "550 5.7.1" in channel.load().last_error


def test_a_letter_no_longer_wanted_is_skipped_with_the_reason() -> None:
    notice = Notice(code="tests.moody", name="Moody", still_wanted=lambda row: "Blocked." if row.about_id == 1 else "")
    notices.register(notice)
    post(notice, [letter(about=("x", 1)), letter(about=("x", 2))], by=actors.system("command"))
    delivery.deliver_due()
    assert list(OutgoingEmail.objects.order_by("pk").values_list("state", "reason")) == [
        ("skipped", "Blocked."),
        ("sent", ""),
    ]
    assert SecretLink.objects.count() == 1
    notices.CATALOGUE.pop("tests.moody")


def test_a_check_that_breaks_puts_off_that_letter_only() -> None:
    def broken(row: OutgoingEmail) -> str:
        if row.about_id == 1:
            raise RuntimeError("hook broke")
        return ""

    notices.register(Notice(code="tests.moody", name="Moody", still_wanted=broken))
    notice = notices.CATALOGUE["tests.moody"]
    post(notice, [letter(about=("x", 2)), letter(about=("x", 1)), letter(about=("x", 3))], by=actors.system("command"))
    delivery.deliver_due()
    assert list(OutgoingEmail.objects.order_by("pk").values_list("state", "attempts")) == [
        ("sent", 1),
        ("queued", 1),
        ("sent", 1),
    ]
    notices.CATALOGUE.pop("tests.moody")


def test_takes_a_hundred_letters_at_a_time_and_goes_on(mailoutbox: list[Any]) -> None:
    post_letters(*(letter() for _ in range(120)))
    assert not delivery.deliver_due()
    assert len(mailoutbox) == 120
    assert OutgoingEmail.objects.filter(state=State.SENT).count() == 120


def test_rings_again_when_its_shift_is_over(mailoutbox: list[Any]) -> None:
    post_letters(*(letter() for _ in range(110)))
    assert delivery.deliver_due(seconds=0)
    assert len(mailoutbox) == 100


def test_claims_are_disjoint() -> None:
    post_letters(*(letter() for _ in range(5)))
    first, second, third = claims.take(3), claims.take(3), claims.take(3)
    assert first is not None and second is not None and third is None
    assert len({row.pk for row in (*first.letters, *second.letters)}) == 5


def test_a_worker_whose_lease_was_taken_does_nothing(mailoutbox: list[Any]) -> None:
    posted()
    zombie = claims.take()
    assert zombie is not None
    OutgoingEmail.objects.update(lease_until=Now() - timedelta(seconds=1))
    delivery.Round(zombie, line_out()).go()
    assert mailoutbox == []


def test_letters_carry_the_headers_of_a_machine(mailoutbox: list[Any], settings: Any) -> None:
    settings.HELPDESK_NAME, settings.EMAIL_FROM = 'Acme "Help"', "help@acme.example"
    posted(to_name='김 "민준"\r\nBcc: x@y.example', to_email="kim@acme.example", language="ko")
    delivery.deliver_due()
    message = mailoutbox[0].message()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Date"] and message["Message-ID"].endswith("@acme.example>")
    assert "help@acme.example" in message["From"] and "Acme" in message["From"]
    assert message["Bcc"] is None and message["To"].endswith("<kim@acme.example>")
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_a_letter_no_mail_can_be_made_of_fails_alone(mailoutbox: list[Any]) -> None:
    rows = [posted(to_email="kim@acme.example\n"), posted()]
    delivery.deliver_due()
    assert [_now(row).state for row in rows] == ["failed", "sent"]


def test_without_a_mail_server_letters_wait(settings: Any) -> None:
    settings.EMAIL_BACKEND = channel.NOWHERE
    row = posted()
    assert not delivery.deliver_due()
    assert (_now(row).state, _now(row).attempts) == (State.QUEUED, 0)


def test_greeting_is_in_the_catalogue() -> None:
    assert notices.CATALOGUE[GREETING.code] is GREETING


def _now(row: OutgoingEmail) -> OutgoingEmail:
    return OutgoingEmail.objects.get(pk=row.pk)


def _clock() -> Any:
    return OutgoingEmail.objects.annotate(clock=Now()).values_list("clock", flat=True).first()
