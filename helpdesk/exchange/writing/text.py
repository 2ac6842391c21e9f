"""CSV as Excel reads it: UTF-8 with a byte order mark, CRLF, commas; or in CP949, where not everything can be written."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from helpdesk.exchange.cells import BETWEEN, LINES, defused

BOM = codecs.BOM_UTF8
INSTEAD = "?"


def lines(rows: Sequence[str]) -> str:
    """Rows (cells parted by BETWEEN) as lines of CSV, each cell in quotation marks; what a spreadsheet would run is defused."""
    if not rows:
        return ""
    cells = defused(LINES.join(rows)).replace('"', '""')
    return '"' + cells.replace(BETWEEN, '","').replace(LINES, '"\r\n"') + '"\r\n'


@dataclass
class Losses:
    """Characters that CP949 does not know, and how many of each were replaced."""

    characters: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, object]:
        """How many in all, and the most frequent of them."""
        most = [character for character, _count in self.characters.most_common(30)]
        return {"count": self.characters.total(), "kinds": len(self.characters), "characters": "".join(most)}


def in_cp949(parts: Iterable[str], losses: Losses) -> Iterator[bytes]:
    """The same in CP949; what it does not know becomes "?" and is counted. Parts must not cut a character in two."""
    for part in parts:
        try:
            yield part.encode("cp949")
        except UnicodeEncodeError:
            yield _replaced(part, losses)


def _replaced(part: str, losses: Losses) -> bytes:
    unknown = [character for character in set(part) if not _is_known(character)]
    losses.characters.update({character: part.count(character) for character in unknown})
    return part.translate({ord(character): INSTEAD for character in unknown}).encode("cp949")


def _is_known(character: str) -> bool:
    try:
        character.encode("cp949")
    except UnicodeEncodeError:
        return False
    return True
