"""An open line to whatever takes our mail: SMTP phase by phase, or any other Django mail backend as a whole."""

from __future__ import annotations

import contextlib
from typing import Any, Protocol

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from helpdesk.outbox.outcomes import ChannelDownError, Fate, Moments, NotTakenError, Outcome
from helpdesk.outbox.smtp import SmtpLine


class Line(Protocol):
    """Opened once, used for many letters."""

    @property
    def is_open(self) -> bool: ...

    def open(self) -> None:
        """Connect; raises ChannelDownError."""

    def pack(self, email: EmailMultiAlternatives) -> Any:
        """The message as `send` wants it; raises ValueError for headers or addresses that no mail can have."""

    def send(self, packed: Any, moments: Moments) -> Outcome:
        """Offer one letter; raises only what `moments` raise. A line that broke is closed afterwards."""

    def close(self) -> None:
        """Hang up; never raises."""


def line_out() -> Line:
    """A line by EMAIL_URL, not yet open."""
    backend = get_connection()
    return SmtpLine(backend) if isinstance(backend, SmtpBackend) else BackendLine(backend)


class BackendLine:
    """Any other backend: files, a provider's HTTP interface (django-anymail). It takes a message or raises."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self.is_open = False

    def open(self) -> None:
        try:
            self._backend.open()
        except Exception as error:  # whatever a backend throws, no letter was offered
            raise ChannelDownError(str(error) or type(error).__name__) from error
        self.is_open = True

    def pack(self, email: EmailMultiAlternatives) -> EmailMultiAlternatives:
        email.message()
        return email

    def send(self, packed: EmailMultiAlternatives, moments: Moments) -> Outcome:
        if not moments.hand_over() or not moments.in_time():
            return Outcome(Fate.WITHHELD)
        try:
            taken = self._backend.send_messages([packed])
        except Exception as error:  # whatever a backend throws, the letter needs a fate
            return _fate_by(error)
        return Outcome(Fate.ACCEPTED if taken else Fate.REFUSED)

    def close(self) -> None:
        self.is_open = False
        with contextlib.suppress(Exception):  # the letters have their fates; nothing is left to tell
            self._backend.close()


def _fate_by(error: Exception) -> Outcome:
    """A provider's HTTP status where there is one; without an answer nobody knows."""
    words, status = str(error) or type(error).__name__, getattr(error, "status_code", None)
    if isinstance(error, NotTakenError):
        return Outcome(Fate.DEFERRED, words)
    if isinstance(error, ConnectionRefusedError):
        return Outcome(Fate.WITHHELD, words, blames_channel=True)
    if status in (401, 403):
        return Outcome(Fate.WITHHELD, words, blames_channel=True)
    if status in (429, 503):
        return Outcome(Fate.DEFERRED, words)
    return Outcome(Fate.REFUSED if status and 400 <= status < 500 else Fate.UNCERTAIN, words)
