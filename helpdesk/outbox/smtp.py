"""SMTP phase by phase, on the connection of Django's backend: only so can "not taken" be told from "nobody knows"."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from helpdesk.outbox.composing import bare, encoded, sender
from helpdesk.outbox.outcomes import CLOSING, ChannelDownError, Fate, Moments, Outcome, by_reply
from helpdesk.outbox.serializing import serialized

TOO_LARGE = 552


@dataclass(frozen=True)
class Packed:
    """A message ready to go: the envelope's recipient, and the content up to the closing dot."""

    recipient: str
    payload: bytes


class SmtpLine:
    """One SMTP connection, used for many letters; times out by EMAIL_TIMEOUT at every step."""

    def __init__(self, backend: EmailBackend) -> None:
        self._backend = backend
        self._from, self._sender = encoded(sender()), bare(sender())
        self._is_named = False

    @property
    def is_open(self) -> bool:
        return self._backend.connection is not None

    def open(self) -> None:
        """Connect, secure, sign in."""
        try:
            self._backend.open()
            self._smtp.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise ChannelDownError(_words_of(error)) from error

    def pack(self, email: EmailMultiAlternatives) -> Packed:
        """The message as SMTP carries it, with the closing dot (base64 leaves no line that begins with one)."""
        recipient = email.to[0]
        content = serialized(email, sender=self._from, recipient=encoded(recipient))
        return Packed(bare(recipient), content + b".\r\n")

    def send(self, packed: Packed, moments: Moments) -> Outcome:
        """Offer one letter. A connection lost before the server asked for the content took nothing."""
        self._is_named = False
        try:
            outcome = self._announce(packed, moments) or self._hand_over(packed.payload, moments)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return self._hung_up(_words_of(error))
        if outcome.fate is not Fate.ACCEPTED:
            self._start_over(outcome)
        return outcome

    def close(self) -> None:
        """Say QUIT if the server still listens, then hang up."""
        connection, self._backend.connection = self._backend.connection, None
        if connection is not None:
            try:
                connection.quit()
            except (OSError, smtplib.SMTPException):
                connection.close()

    @property
    def _smtp(self) -> smtplib.SMTP:
        return self._backend.connection  # type: ignore[return-value]

    def _announce(self, packed: Packed, moments: Moments) -> Outcome | None:
        """Sender and recipient; None when the server takes both. The handover is committed while the server thinks."""
        self._smtp.putcmd("MAIL", f"FROM:<{self._sender}>{self._size_of(packed.payload)}")
        is_ours = moments.hand_over()
        code, words = self._smtp.getreply()
        if code != 250:
            return self._hung_up(_reply(code, words)) if code == CLOSING else _sender_refused(code, _reply(code, words))
        if not is_ours:
            return Outcome(Fate.WITHHELD)
        self._is_named = True
        code, words = self._smtp.docmd("RCPT", f"TO:<{packed.recipient}>")
        return None if code in (250, 251, 252) else self._refused(code, _reply(code, words))

    def _hand_over(self, payload: bytes, moments: Moments) -> Outcome:
        if not moments.in_time():
            return Outcome(Fate.WITHHELD)
        code, words = self._smtp.docmd("DATA")
        if code != 354:
            said = _reply(code, words)
            return self._refused(code, said) if code >= 400 else Outcome(Fate.DEFERRED, said)
        try:
            self._smtp.send(payload)
            moments.meanwhile()
            code, words = self._smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Outcome(Fate.UNCERTAIN, _words_of(error))
        return by_reply(code, _reply(code, words))

    def _refused(self, code: int, words: str) -> Outcome:
        """A no before the content."""
        return self._hung_up(words) if code == CLOSING else by_reply(code, words)

    def _hung_up(self, words: str) -> Outcome:
        """The server is not there (any more), which costs no letter an attempt."""
        return Outcome(Fate.WITHHELD, words, blames_channel=True, may_be_its_own=self._is_named)

    def _size_of(self, payload: bytes) -> str:
        return f" SIZE={len(payload)}" if self._smtp.has_extn("size") else ""

    def _start_over(self, outcome: Outcome) -> None:
        """Make the connection ready for the next letter, or close it."""
        try:
            if outcome.blames_channel or not self.is_open or self._smtp.rset()[0] != 250:
                self.close()
        except (OSError, smtplib.SMTPException):
            self.close()


def _sender_refused(code: int, words: str) -> Outcome:
    """No recipient was named yet: a final no concerns our address or sign-in, hence every letter (unless this one is too large)."""
    if code < 500 or code == TOO_LARGE:
        return by_reply(code, words)
    return Outcome(Fate.WITHHELD, words, blames_channel=True)


def _reply(code: int, words: bytes) -> str:
    return f"{code} {words.decode('utf-8', 'replace')}"[:2000].replace("\x00", "")


def _words_of(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return _reply(error.smtp_code, said if isinstance(said, bytes) else str(said).encode())
    return (str(error) or type(error).__name__)[:2000]
