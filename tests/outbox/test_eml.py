from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from helpdesk.outbox import delivery
from helpdesk.outbox.eml import received
from helpdesk.outbox.models import OutgoingEmail, State
from tests.letters import posted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mail_dir(tmp_path: Path, settings: Any) -> Path:
    settings.EMAIL_BACKEND = "helpdesk.outbox.eml.EmlBackend"
    settings.MAIL_DIR = tmp_path / "mail"
    return tmp_path / "mail"


def test_keeps_each_message_as_a_file_with_the_live_link(mail_dir: Path) -> None:
    row = posted()
    delivery.deliver_due()
    row.refresh_from_db()
    (path,) = mail_dir.iterdir()
    assert (row.state, path.suffix, path.stat().st_mode & 0o777) == (State.SENT, ".eml", 0o600)
    text = received(row.message_id)
    assert text is not None and "/portal/activate/" in text


def test_a_full_or_forbidden_disk_puts_the_letter_off(mail_dir: Path) -> None:
    mail_dir.write_text("a file where the folder should be")
    row = posted()
    delivery.deliver_due()
    row = OutgoingEmail.objects.get(pk=row.pk)
    assert (row.state, row.attempts) == (State.QUEUED, 1)


@pytest.mark.parametrize("message_id", ["", "<>", "<../../etc/passwd@x>", "<*@x>", "<17.nosuchfile@x>"])
def test_reads_no_other_files(message_id: str) -> None:
    assert received(message_id) is None
