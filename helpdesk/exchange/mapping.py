"""Which column means which field: by the header in English or Korean, by what stands below it, by how it was mapped before."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from django.conf import settings
from django.utils import translation

from helpdesk.exchange.sheets import Choice, Field

How = Literal["exact", "guessed", "remembered", "chosen", ""]

LIKELY = 0.7
"""From which likeness on (0 to 1) a header is guessed to mean a field."""
SHORTEST = 2
SHORTEST_LATIN = 4  # "id" stands in too many words

_required = re.compile(r"[(\[{<]\s*(필수|선택|선택사항|required|optional|mandatory)\s*[)\]}>]")
_repeated = re.compile(r"\s*\(\d{1,3}\)\s*$")
_not_words = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Match:
    """What a column is taken for: the field's name ("" for none), and how that was found out."""

    field: str = ""
    how: How = ""


def recognise(headers: Sequence[str], values: Sequence[Sequence[str]], fields: Sequence[Field]) -> list[Match]:
    """One match a column; `values` are some cells of each. A field gets one column, unless it takes several.

    A header that is known stands before one that is merely like it; among those, the likeliest first.
    """
    taken = _Taken(fields, len(headers))
    words = _known_words(fields)
    keys = [key_of(header) for header in headers]
    doubtful = [_by_values(key, cells, fields) for key, cells in zip(keys, values, strict=True)]
    for column, key in enumerate(keys):
        if not doubtful[column]:
            taken.give(column, words.get(key, ""), "exact")
    for column, key in enumerate(keys):
        if not taken.give(column, doubtful[column], "guessed"):
            taken.give(column, words.get(key, ""), "exact")
    for _likeness, column, name in sorted(_guesses(keys, words), key=lambda guess: (-guess[0], guess[1])):
        taken.give(column, name, "guessed")
    return taken.matches


def key_of(header: str) -> str:
    """By what headers are compared: without spaces, signs, case, width, and remarks such as "(필수)"."""
    plain = unicodedata.normalize("NFKC", _repeated.sub("", header)).casefold()
    return _not_words.sub("", _required.sub("", plain))


def key_of_set(headers: Sequence[str]) -> str:
    """The same for the same columns in the same order, however they are written."""
    return hashlib.sha256(json.dumps([key_of(header) for header in headers]).encode()).hexdigest()


def remembered(columns: Sequence[str], fields: Sequence[Field], count: int) -> list[Match] | None:
    """The matches of the last time; None where they do not fit any more."""
    names = {field.name for field in fields}
    if len(columns) != count or any(name and name not in names for name in columns):
        return None
    return [Match(name, "remembered") for name in columns]


def doubled(columns: Sequence[str], fields: Sequence[Field]) -> dict[str, list[int]]:
    """Fields that take one column only and were given more: which columns (from 0) these are."""
    single = {field.name for field in fields if not field.is_several}
    given: dict[str, list[int]] = {}
    for column, name in enumerate(columns):
        if name in single:
            given.setdefault(name, []).append(column)
    return {name: found for name, found in given.items() if len(found) > 1}


def lacks_identifier(columns: Sequence[str], fields: Sequence[Field]) -> bool:
    """Whether no column says which record a row is about."""
    identifiers = {field.name for field in fields if field.is_identifier}
    return bool(identifiers) and identifiers.isdisjoint(columns)


def applies(choice: Choice, columns: Iterable[str]) -> bool:
    """Whether the tick means anything for these columns."""
    return not choice.needs or not set(choice.needs).isdisjoint(columns)


class _Taken:
    """Hands fields out to columns."""

    def __init__(self, fields: Sequence[Field], count: int) -> None:
        self.matches = [Match()] * count
        self._several = {field.name for field in fields if field.is_several}
        self._given: set[str] = set()

    def give(self, column: int, name: str, how: How) -> bool:
        is_free = bool(name) and (name not in self._given or name in self._several)
        if not is_free or self.matches[column].field:
            return False
        self._given.add(name)
        self.matches[column] = Match(name, how)
        return True


def _known_words(fields: Sequence[Field]) -> dict[str, str]:
    """Key of a header → the field it means; a field's own labels before what else it may be called."""
    words: dict[str, str] = {}
    for field in fields:
        for label in labels_of(field):
            words.setdefault(key_of(label), field.name)
    for field in fields:
        for header in field.headers:
            words.setdefault(key_of(header), field.name)
    words.pop("", None)
    return words


def labels_of(field: Field) -> list[str]:
    """What the field is called in each language of the helpdesk."""
    labels = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            labels.append(str(field.label))
    return labels


def _by_values(key: str, cells: Sequence[str], fields: Sequence[Field]) -> str:
    """The field a doubtful header means, given what stands below it; "" for none."""
    filled = [cell for cell in cells if cell.strip()]
    for field in fields:
        if field.fits and filled and key in map(key_of, field.doubtful) and field.fits(filled):
            return field.name
    return ""


def _guesses(keys: Sequence[str], words: Mapping[str, str]) -> Iterator[tuple[float, int, str]]:
    for column, key in enumerate(keys):
        for word, name in words.items():
            likeness = _likeness(key, word)
            if likeness >= LIKELY:
                yield likeness, column, name


def _likeness(key: str, word: str) -> float:
    """0 to 1: a header that ends in a known word ("고객 이메일"), holds most of one, or is spelt nearly so."""
    shortest = SHORTEST_LATIN if word.isascii() else SHORTEST
    if len(key) < shortest or len(word) < shortest:
        return 0.0
    if word in key:
        share = len(word) / len(key)
        return 0.7 + 0.25 * share if key.endswith(word) else 0.5 + 0.4 * share
    return 0.95 * SequenceMatcher(None, key, word).ratio() if len(word) >= SHORTEST_LATIN else 0.0
