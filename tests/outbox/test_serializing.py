from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.outbox.composing import composed, encoded, sender
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.outbox.serializing import serialized
from helpdesk.outbox.writing import Written

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=120)
LINES = st.lists(WORDS, max_size=4).map("\n".join)


@given(name=WORDS, subject=WORDS, text=LINES, html=LINES)
def test_is_the_mail_that_django_makes(name: str, subject: str, text: str, html: str) -> None:
    subject = " ".join(subject.split())
    letter = OutgoingEmail(pk=1, to_email="kim@acme.example", to_name=name, language="ko")
    email = composed(letter, Written(subject, f"Hello\n{text}", html), "<1.a@acme.example>")
    raw = serialized(email, sender=encoded(sender()), recipient=encoded(email.to[0]))
    ours, theirs = _parsed(raw), _parsed(email.message().as_bytes())
    assert raw.isascii() and all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b"")
    assert _contents(ours) == _contents(theirs)
    assert {key.lower() for key in ours} == {key.lower() for key in theirs}
    for header in ("Subject", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "Content-Language"):
        assert str(ours[header]).split() == str(theirs[header]).split(), header
    assert ours["To"].addresses[0].addr_spec == "kim@acme.example"
    assert len(ours["To"].addresses) == 1


@pytest.mark.parametrize("header", ["a\nBcc: b@c.example", "a\r\nBcc: b@c.example", "a\r b"])
def test_refuses_headers_of_two_lines(header: str) -> None:
    letter = OutgoingEmail(pk=1, to_email="kim@acme.example", language="ko")
    email = composed(letter, Written(header, "", ""), "<1.a@acme.example>")
    with pytest.raises(ValueError, match="more than one line"):
        serialized(email, sender="a@b.example", recipient="c@d.example")


def _parsed(raw: bytes) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(raw, policy=cast(Any, policy.default)))


def _contents(message: EmailMessage) -> list[tuple[str, list[str]]]:
    """Type and lines of each part; the generator may leave or add a last line break."""
    return [(part.get_content_type(), part.get_content().rstrip("\r\n").splitlines()) for part in message.iter_parts()]
