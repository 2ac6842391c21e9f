"""The one thing to read in the terminal: a frame around a few lines, Hangul counted as the two columns it takes."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import combining, east_asian_width


def columns(text: str) -> int:
    """How many terminal columns `text` takes."""
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def framed(lines: Iterable[str]) -> str:
    """`lines` in a frame as wide as the longest."""
    texts = ["", *lines, ""]
    width = max(map(columns, texts))
    body = [f"│  {text}{' ' * (width - columns(text))}  │" for text in texts]
    edge = "─" * (width + 4)
    return "\n".join([f"┌{edge}┐", *body, f"└{edge}┘"])
