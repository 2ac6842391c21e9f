"""How many contacts one request may change."""

from __future__ import annotations

MOST_AT_ONCE = 30  # the rows of a page


class TooMany(Exception):
    """`count` contacts were chosen, more than MOST_AT_ONCE; nothing was done."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count
