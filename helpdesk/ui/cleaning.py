"""Texts of one line as they are kept: the same whether they are typed into a form or stand in a cell of a file."""

from __future__ import annotations

import re

_breaks = re.compile(r"[\t\r\n\u2028\u2029]+")


def clean_line(text: str) -> str:
    """With a space for each run of tabs and line breaks; trimmed."""
    return (text if text.isprintable() else _breaks.sub(" ", text)).strip()
