"""Texts of one line as they are kept: the same whether they are typed into a form or stand in a cell of a file."""

from __future__ import annotations

import re

from helpdesk.users.addresses import strip_invisible

_DIRECTIONS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_breaks = re.compile(r"[\t\r\n\u2028\u2029]+")


def clean_line(text: str) -> str:
    """With a space for each run of tabs and line breaks; trimmed."""
    return (text if text.isprintable() else _breaks.sub(" ", text)).strip()


def clean_name(text: str) -> str:
    """What people see of it, in the order in which it is written."""
    return clean_line(strip_invisible(in_order(text)))


def in_order(text: str) -> str:
    """Without what makes a text read in another order than it is written: right-to-left scripts do not need it."""
    return text if text.isascii() else text.translate(_DIRECTIONS)
