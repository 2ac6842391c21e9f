"""Whether a text mentions somebody: by whole words, however JSON, addresses and HTML write them.

"Kim" is not in "Kimberly", "kim@acme.example" not in "minkim@acme.example", "10000" not in "order 110000". Scripts that
write words together ("김철수에게") have no such ends: there a name is found wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from html import escape, unescape
from urllib.parse import unquote_plus

_LETTER = r"[^\W_\u0600-\U0010ffff]"
_letter = re.compile(_LETTER)
_escaped = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([nrtbf]))")
_NOTHING = r"(?!)"


class Mentions:
    """Of these words and these addresses."""

    def __init__(self, words: Collection[str], emails: Collection[str]) -> None:
        self._found = re.compile(_any(words, emails, str.casefold))
        self._written = re.compile(_any(words, emails, str, escape), re.I)

    def are_in(self, text: str) -> bool:
        return any(self._found.search(reading.casefold()) for reading in _readings(text))

    def replaced(self, text: str, instead: str) -> str:
        """`text`, plain or HTML, with `instead` in the place of each."""
        return self._written.sub(instead, text)


def _any(words: Collection[str], emails: Collection[str], *ways: Callable[[str], str]) -> str:
    """Any of them, written in one of these ways."""
    parts = [_address(way(email)) for way in ways for email in emails if email]
    parts += [_word(way(word)) for way in ways for word in words if word]
    return "|".join(dict.fromkeys(parts)) or _NOTHING


def _word(word: str) -> str:
    before = f"(?<!{_LETTER})" if _letter.match(word[0]) else ""
    after = f"(?!{_LETTER})" if _letter.match(word[-1]) else ""
    return f"{before}{re.escape(word)}{after}"


def _address(email: str) -> str:
    return rf"(?<![A-Za-z0-9_.%+\-]){re.escape(email)}(?![A-Za-z0-9]|[._\-][A-Za-z0-9])"


def _readings(text: str) -> Iterator[str]:
    """As it stands, and without the escapes of each kind and of all together."""
    plain = _unescaped(text) if "\\" in text else text
    opened = unescape(plain) if "&" in plain else plain
    asked = unquote_plus(text)
    yield from dict.fromkeys((text, plain, opened, asked, unescape(asked), unquote_plus(opened)))


def _unescaped(text: str) -> str:
    """Without the escapes of JSON; a character of two halves becomes one again."""
    halves = _escaped.sub(lambda found: chr(int(found[1], 16)) if found[1] else "\n", text)
    return halves.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
