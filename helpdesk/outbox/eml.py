"""Mail backends for a helpdesk without a mail server: letters as files (a demo on loopback), or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from helpdesk.outbox.composing import key_of
from helpdesk.outbox.outcomes import NotTakenError


class EmlBackend(BaseEmailBackend):
    """Plays the mail server: each message becomes one `.eml` file in MAIL_DIR, whole or not at all."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for email in email_messages:
            _keep(email)
        return len(email_messages)


class NoMailServer(BaseEmailBackend):
    """Takes nothing. Letters wait in the outbox until EMAIL_URL names a server."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise NotTakenError("No mail server is set (EMAIL_URL).")


def received(message_id: str) -> str | None:
    """The plain text of the message that EmlBackend took under this Message-ID; None if there is none."""
    key = key_of(message_id)
    if not key or not key.replace(".", "").isalnum():
        return None
    for path in Path(settings.MAIL_DIR).glob(f"*-{key}.eml"):
        return _text_of(path.read_bytes())
    return None


def _keep(email: EmailMessage) -> None:
    folder = Path(settings.MAIL_DIR)
    name = f"{timezone.now():%Y%m%dT%H%M%S}-{key_of(str(email.extra_headers.get('Message-ID', '')))}.eml"
    draft = folder / f".{name}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(draft, email.message().as_bytes())
        draft.replace(folder / name)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise NotTakenError(str(error)) from error


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _text_of(raw: bytes) -> str:
    message = cast(ParsedMessage, message_from_bytes(raw, policy=cast(Any, policy.default)))
    body = message.get_body(preferencelist=("plain",))
    return str(body.get_content()) if body else ""
