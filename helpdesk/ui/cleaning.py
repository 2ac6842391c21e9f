"""Texts of one line as they are kept: the same whether they are typed into a form or stand in a cell of a file."""

from __future__ import annotations

import re
import unicodedata

from helpdesk.users.addresses import strip_invisible

_DIRECTIONS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_breaks = re.compile(r"[\t\r\n\u2028\u2029]+")
# Unicode's Default_Ignorable_Code_Point: what no font draws.
_ignorable = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def clean_line(text: str) -> str:
    """With a space for each run of tabs and line breaks; trimmed."""
    return (text if text.isprintable() else _breaks.sub(" ", text)).strip()


def clean_name(text: str) -> str:
    """What people see of it, in the order in which it is written."""
    return clean_line(strip_invisible(in_order(text)))


def clean_id(text: str) -> str:
    """The same for all that looks the same: without what is invisible, full-width forms and double spaces. Case counts."""
    seen = text if text.isascii() else unicodedata.normalize("NFKC", _ignorable.sub("", text))
    return " ".join(filter(None, clean_line(seen).split(" ")))


def in_order(text: str) -> str:
    """Without what makes a text read in another order than it is written: right-to-left scripts do not need it."""
    return text if text.isprintable() else text.translate(_DIRECTIONS)
