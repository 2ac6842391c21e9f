"""How names sort, the same on both databases (PRODUCT 3.14), and which text no form takes."""

from __future__ import annotations

import re
import unicodedata

NAME_KEY_LENGTH = 200  # characters: at most 800 bytes, well below PostgreSQL's limit for an index row

_composed_hangul = re.compile("[가-힣]+")

# NUL, control characters but tab and line ends (browsers send \r\n), lone surrogates.
_forbidden = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def name_key(text: str) -> str:
    """What to sort a name by, with collation C: folded, single spaces, at most NAME_KEY_LENGTH long."""
    return " ".join(folded(text).split())[:NAME_KEY_LENGTH].rstrip()


def folded(text: str) -> str:
    """The text without differences of case, width and composition (NFKC, casefold, NFKC again)."""
    if text.isascii():
        return text.lower()
    if _composed_hangul.fullmatch(text):  # has neither case nor width, and is composed
        return text
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def has_forbidden(text: str) -> bool:
    """Whether a form must refuse the text: PostgreSQL takes no NUL, no encoding takes a lone surrogate."""
    return _forbidden.search(text) is not None
