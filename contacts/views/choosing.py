"""Which contacts a request names."""

from __future__ import annotations

import re

from django.http import QueryDict

MOST_AT_ONCE = 30
_ID = re.compile(r"[0-9]{1,18}")


class TooMany(Exception):
    """More contacts than one request may change; nothing is done."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


def chosen_ids(query: QueryDict) -> list[int]:
    """The ids under `contact`, each once; what is no id is nobody's. Raises TooMany above MOST_AT_ONCE."""
    ids = [int(text) for text in dict.fromkeys(query.getlist("contact")) if _ID.fullmatch(text)]
    if len(ids) > MOST_AT_ONCE:
        raise TooMany(len(ids))
    return ids
