"""A letter as an email: headers of our own, plain text and HTML side by side."""

from __future__ import annotations

import re
import secrets
from email.utils import formataddr, parseaddr
from functools import lru_cache

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import sanitize_address

from helpdesk.outbox.models import OutgoingEmail
from helpdesk.outbox.writing import Written
from helpdesk.ui.house import house

LONGEST_ENCODED_WORD = 15
"""Characters of a name that surely fit one encoded word of 75 (RFC 2047, 2): 15 × 3 bytes in base64 are 60."""

_PLAIN = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_SPLITTING = re.compile("[ <>]")


def message_id_for(letter: OutgoingEmail) -> str:
    """A new Message-ID: the letter's number, and enough chance to be the only one in the world."""
    domain = _parsed(settings.EMAIL_FROM)[1].rpartition("@")[2] or "localhost"
    return f"<{letter.pk}.{secrets.token_hex(8)}@{domain}>"


def key_of(message_id: str) -> str:
    """The part of a Message-ID that names the file of the demo's mail server: "17.9f…"."""
    return message_id.strip("<>").partition("@")[0]


def composed(letter: OutgoingEmail, words: Written, message_id: str) -> EmailMultiAlternatives:
    """`words` to the letter's address, from the helpdesk; answering machines are asked not to answer."""
    email = EmailMultiAlternatives(
        subject=words.subject,
        body=words.text,
        from_email=sender(),
        to=[_address(letter.to_name, letter.to_email)],
        headers={
            "Message-ID": message_id,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Content-Language": letter.language,
        },
    )
    email.attach_alternative(words.html, "text/html")
    return email


def sender() -> str:
    """The From of every letter: EMAIL_FROM, under the helpdesk's name where it has none of its own."""
    name, address = _parsed(settings.EMAIL_FROM)
    return _address(name or house().name, address)


def bare(address: str) -> str:
    """The address alone, as the envelope takes it; a domain in other scripts becomes ASCII. ValueError where it cannot."""
    found = _parsed(address)[1]
    if not found.isascii():
        found = str(sanitize_address(found, "utf-8"))
    if not found or not found.isprintable() or _SPLITTING.search(found):
        raise ValueError(f"not an address: {address!r}")
    return found


def encoded(address: str) -> str:
    """Name and address in ASCII, as a header has them (folded by CRLF and a blank where the name is long)."""
    name, found = _parsed(address)[0], bare(address)
    if len(name) > LONGEST_ENCODED_WORD:
        return str(sanitize_address((name, found), "utf-8")).replace("\n", "\r\n")
    return formataddr((name, found))


def _parsed(address: str) -> tuple[str, str]:
    """Name and address."""
    return ("", address) if _PLAIN.fullmatch(address) else _read(address)


@lru_cache(maxsize=64)
def _read(address: str) -> tuple[str, str]:
    """By the library, which takes its time; the sender's are asked for with every letter."""
    return parseaddr(address)


def _address(name: str, address: str) -> str:
    name = " ".join("".join(char if char.isprintable() else " " for char in name).split())
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>' if quoted else address
