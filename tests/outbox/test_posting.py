from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from helpdesk.outbox.models import LINK_PLACEHOLDER, NoticeSwitch, OutgoingEmail, State
from helpdesk.outbox.notices import Notice
from helpdesk.outbox.posting import is_on, post
from helpdesk.users import actors
from tests.letters import GREETING, letter, post_letters

pytestmark = pytest.mark.django_db


def test_a_letter_becomes_a_row_with_a_placeholder_for_its_link() -> None:
    assert post_letters(letter(cause="a", to_email="kim@acme.example")) == 1
    row = OutgoingEmail.objects.get(cause="a")
    assert (row.state, row.to_email, row.attempts, row.requested_by) == (State.QUEUED, "kim@acme.example", 0, "command")
    assert LINK_PLACEHOLDER in row.text and LINK_PLACEHOLDER in row.html
    assert OutgoingEmail.objects.due().get() == row


def test_the_same_cause_writes_no_second_row() -> None:
    assert post_letters(letter(cause="a"), letter(cause="b")) == 2
    assert post_letters(letter(cause="b"), letter(cause="c")) == 1
    assert OutgoingEmail.objects.count() == 3


def test_a_rolled_back_cause_leaves_no_letter() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        post_letters(letter())
        raise IntegrityError
    assert not OutgoingEmail.objects.exists()


def test_a_subject_is_one_line() -> None:
    post_letters(letter(subject="Hello\r\nBcc: all@acme.example", cause="a"))
    assert OutgoingEmail.objects.get().subject == "Hello  Bcc: all@acme.example"


def test_only_letters_of_the_catalogue_go_out() -> None:
    with pytest.raises(LookupError):
        post(Notice(code="nobody.knows", name="?"), [letter()], by=actors.system("command"))


def test_a_notice_is_as_the_admin_switched_it_else_as_the_catalogue_says() -> None:
    assert is_on(GREETING)
    NoticeSwitch.objects.create(notice=GREETING.code, is_on=False)
    assert not is_on(GREETING)


@pytest.mark.django_db(transaction=True)
def test_a_dead_bell_stops_no_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    from helpdesk.outbox.tasks import deliver

    def unreachable(*_args: object, **_options: object) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(deliver, "apply_async", unreachable)
    assert post_letters(letter()) == 1
    assert OutgoingEmail.objects.due().count() == 1
