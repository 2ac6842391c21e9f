"""Email addresses as identity: one key for everything people may type (PRODUCT 3.1).

Nothing here folds one person's address onto another's: a Kelvin sign is not a k, a dotless ı is
not an i. Only what looks different because of an input method (full-width forms, invisible
characters, letter case, a Hangul domain in either spelling) meets in one key.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

import idna
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LOCAL_LENGTH = 64  # RFC 5321, 4.5.3.1.1
DOMAIN_LENGTH = 253  # RFC 1035 without the root dot
ADDRESS_LENGTH = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets
TYPED_LENGTH = 1000  # what is longer is not looked at

EMPTY = _("Enter an email address.")
ONE_ADDRESS = _("Enter one email address like name@example.com.")
STRANGE_CHARACTERS = _("The address contains characters that no email address can have.")
LOCAL_NOT_ASCII = _("Before the @, only English letters, digits and signs such as . - _ + are possible.")
LOCAL_INVALID = _("The part before the @ is not valid. Check dots, spaces and quotation marks.")
DOMAIN_INVALID = _("The part after the @ is not a valid domain, such as example.com.")
TOO_LONG = _("The address is too long: at most 64 characters before the @ and 254 in all.")

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = rf"{_ATOM}(?:\.{_ATOM})*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_TOP = r"[A-Za-z]{2,63}"
_NOT_IDNA = r"(?![Xx][Nn]--)"
_PLAIN_DOMAIN = rf"(?:{_NOT_IDNA}{_LABEL}\.)+{_TOP}"

# No re.IGNORECASE anywhere: with it [a-z] matches the Kelvin sign.
_plain_address = re.compile(rf"(?=.{{6,{ADDRESS_LENGTH}}}\Z)(?=[^@]{{1,{LOCAL_LENGTH}}}@){_LOCAL}@{_PLAIN_DOMAIN}")
_plain_domain = re.compile(_PLAIN_DOMAIN)
_ascii_domain = re.compile(rf"(?:{_LABEL}\.)+(?:{_TOP}|xn--{_LABEL})")
_local = re.compile(_LOCAL)
_control = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

_SPACES = " \t\r\n\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u205f\u3000"
_NO_BREAK_SPACES = "\u00a0\u2007\u202f"
# Zero-width characters and the direction marks that Windows and Outlook add when copying. The
# overrides U+202D and U+202E stay, and are refused: they make a text read as another one.
_ZERO_WIDTH = "\u00ad\u034f\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2060\u2066\u2067\u2068\u2069\ufeff"
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_CLEANED: dict[int, int | None] = _FULL_WIDTH | dict.fromkeys(map(ord, _NO_BREAK_SPACES + _ZERO_WIDTH))
_DOTS = str.maketrans("\u3002\uff61", "..")


class AddressError(ValueError):
    """What was typed is no address we can keep; `message` says why, in the reader's language."""

    def __init__(self, message: _StrPromise) -> None:
        super().__init__(message)
        self.message = message


class CleanAddress(NamedTuple):
    """An address under its one `key`, and as `stored`: as typed but for what nobody can see."""

    key: str
    stored: str


def address_key(typed: str) -> str:
    """The one key of an address, lower-case ASCII; raises AddressError."""
    if _plain_address.fullmatch(typed):
        return typed.lower()
    return clean_address(typed).key


def clean_address(typed: str) -> CleanAddress:
    """The key and the form to store and to write letters to; raises AddressError."""
    if _plain_address.fullmatch(typed):
        return CleanAddress(typed.lower(), typed)
    local, domain = _halves(_visible(typed))
    _check_local(local)
    name = _a_labels(domain)
    key = f"{local.lower()}@{name}"
    if len(key) > ADDRESS_LENGTH:
        raise AddressError(TOO_LONG)
    return CleanAddress(key, f"{local}@{_sendable(domain, name)}")


def domain_name(typed: str) -> str:
    """A domain as lower-case A-labels ("한국.kr" → "xn--3e0b707e.kr"); raises AddressError.

    One trailing (root) dot is dropped. One label, an IP address, an underscore are refused.
    """
    return _a_labels(strip_invisible(typed))


def domain_of(key: str) -> str:
    """The domain of an address: what stands behind its last @."""
    return key.rpartition("@")[2]


def display(address: str) -> str:
    """The address for people: "kim@xn--3e0b707e.kr" reads "kim@한국.kr"."""
    local, at, domain = address.rpartition("@")
    return local + at + ".".join(_readable(label) for label in domain.split("."))


def strip_invisible(typed: str) -> str:
    """Without zero-width and no-break spaces, full-width forms folded, trimmed."""
    if typed.isascii():
        return typed.strip(_SPACES)
    return typed.translate(_CLEANED).strip(_SPACES)


def _visible(typed: str) -> str:
    if len(typed) > TYPED_LENGTH:
        raise AddressError(TOO_LONG)
    text = strip_invisible(typed)
    if not text:
        raise AddressError(EMPTY)
    if _control.search(text):
        raise AddressError(STRANGE_CHARACTERS)
    return text


def _halves(text: str) -> tuple[str, str]:
    local, _at, domain = text.partition("@")
    if not local or not domain or "@" in domain:
        raise AddressError(ONE_ADDRESS)
    return local, domain


def _check_local(local: str) -> None:
    if not local.isascii():
        raise AddressError(LOCAL_NOT_ASCII)
    if len(local) > LOCAL_LENGTH:
        raise AddressError(TOO_LONG)
    if not _local.fullmatch(local):
        raise AddressError(LOCAL_INVALID)


def _a_labels(typed: str) -> str:
    domain = _dotted(typed)
    if _plain_domain.fullmatch(domain) and len(domain) <= DOMAIN_LENGTH:
        return domain.lower()
    try:
        name = ".".join(_label(label) for label in domain.split("."))
    except (idna.IDNAError, UnicodeError):
        raise AddressError(DOMAIN_INVALID) from None
    if len(name) > DOMAIN_LENGTH or not _ascii_domain.fullmatch(name):
        raise AddressError(DOMAIN_INVALID)
    return name


def _dotted(domain: str) -> str:
    return domain.translate(_DOTS).removesuffix(".")


def _label(label: str) -> str:
    """One label as an A-label; what is not ASCII never becomes plain ASCII."""
    if len(label) > DOMAIN_LENGTH or any(map(_poses_as_ascii, label)):
        raise UnicodeError
    if label.isascii() and label[:4].lower() != "xn--":
        return label.lower()
    return idna.alabel(unicodedata.normalize("NFC", label).lower()).decode("ascii")


def _poses_as_ascii(character: str) -> bool:
    """Kelvin sign, long s, superscript two …: would be folded onto a plain letter or digit."""
    return not character.isascii() and unicodedata.normalize("NFKC", character).lower().isascii()


def _sendable(domain: str, name: str) -> str:
    """The domain as typed, unless mail libraries (IDNA 2003) would write to another one (ß → ss)."""
    typed = unicodedata.normalize("NFC", _dotted(domain))
    try:
        agrees = typed.isascii() or typed.encode("idna").lower() == name.encode("ascii")
    except UnicodeError:
        agrees = False
    return typed if agrees else name


def _readable(label: str) -> str:
    if label[:4].lower() != "xn--":
        return label
    try:
        return idna.ulabel(label)
    except (idna.IDNAError, UnicodeError):
        return label
