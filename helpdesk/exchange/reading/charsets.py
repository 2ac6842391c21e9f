"""In which encoding a text is most likely written.

"UTF-8 if it is valid, else CP949" corrupts names: the CP949 bytes of 345 Hangul syllables (홍 황 철 카 타 호 화 …) are valid
UTF-8 as well. So every reading is scored by how much its words look like words, and mistakes count against it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

CHUNK = 1 << 20
ENOUGH = 1 << 16
LONG = 4000
"""Bytes of lines beyond ASCII that are looked at; the whole file is searched for them."""
MARK = "\udcff"
"""Stands for bytes that the encoding does not know: no decoded text has it."""
BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
WITHOUT_MARK = ("utf-16-le", "utf-16-be")
MISTAKE = 3.0

_lines_beyond_ascii = re.compile(rb"[^\n]*[\x80-\xff][^\n]*\n?")
_ascii = re.compile(r"[\t\n\r -~]")
_word = re.compile(r"(?:[^\W_]|[^\x00-\x7f])+")


def mark(error: UnicodeError) -> tuple[str, int]:
    """A codec's error handler: leaves one mark and goes on behind the bytes in question."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return MARK, error.end


codecs.register_error("helpdesk.mark", mark)


def guess(path: Path) -> tuple[str, bool]:
    """(encoding, whether another one is nearly as likely)."""
    with path.open("rb") as file:
        start = file.read(CHUNK)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig", False
    if encoding := utf_16(start):
        return encoding, False
    return _likeliest(b"".join(_beyond_ascii(path)))


def utf_16(start: bytes) -> str:
    """The kind of UTF-16 that a file with this beginning is written in; "" for any other encoding."""
    return "utf-16" if start.startswith(BOMS) else _without_mark(start)


def _without_mark(start: bytes) -> str:
    """UTF-16 without its mark shows by its delimiters, digits and line ends: every second byte of them is zero.

    They are looked for in pairs, as 가 and 대 (U+AC00, U+B300) have a zero byte, too, on the other side.
    """
    if b"\x00" not in start:
        return ""
    found = {encoding: len(_ascii.findall(start.decode(encoding, "replace"))) for encoding in WITHOUT_MARK}
    most, least = max(found.values()), min(found.values())
    if most * 20 < len(start) or least * 20 > most:
        return ""
    return max(found, key=lambda encoding: found[encoding])


def _beyond_ascii(path: Path) -> Iterator[bytes]:
    """The file's lines that are not plain ASCII, as far as needed."""
    found = 0
    with path.open("rb") as file:
        while found < ENOUGH and (chunk := file.read(CHUNK)):
            chunk += file.readline(CHUNK)
            if not chunk.isascii():
                for line in _lines_beyond_ascii.findall(chunk)[:2000]:
                    found += len(line[:LONG])
                    yield line[:LONG]
                    if found >= ENOUGH:
                        return


def _likeliest(text: bytes) -> tuple[str, bool]:
    if not text:
        return "utf-8", False
    candidates = ["utf-8", "cp949"] if _is_nearly_utf_8(text) else ["cp949", "cp1252", "utf-8"]
    scores = {encoding: plausibility(text, encoding) for encoding in candidates}
    best = max(candidates, key=lambda encoding: scores[encoding])
    second = max(score for encoding, score in scores.items() if encoding != best)
    return best, scores[best] <= 0 or second > scores[best] / 2


def _is_nearly_utf_8(text: bytes) -> bool:
    """Where that is so, only CP949 can be meant instead: text of Western encodings is hardly ever valid UTF-8."""
    read = text.decode("utf-8", "helpdesk.mark")
    return read.count(MARK) * 10 <= sum(char > "\x7f" for char in read)


def plausibility(text: bytes, encoding: str) -> float:
    """How much `text` reads like words in this encoding: points for likely characters, less those for mistakes."""
    read = text.decode(encoding, "helpdesk.mark")
    points = -MISTAKE * read.count(MARK)
    for word in _word.findall(read):
        points += 0 if word.isascii() else _points(word)
    return points


def _points(word: str) -> float:
    """Of one word with something beyond ASCII in it."""
    beyond = [char for char in word if char > "\x7f" and char != MARK]
    if any("가" <= char <= "힣" for char in beyond):
        return sum(_hangul_points(char, word) for char in beyond)
    if any(char >= "\u0800" for char in beyond):
        return sum(0.7 if char >= "\u0800" and char.isalnum() else 0.1 for char in beyond)
    return sum(_latin_points(char, word, mostly=len(beyond) * 2 > len(word)) for char in beyond)


def _hangul_points(char: str, word: str) -> float:
    if char not in _everyday():
        return 0.3
    return 0.5 if any("a" <= one <= "z" for one in word) else 1.0


def _latin_points(char: str, word: str, *, mostly: bool) -> float:
    """Of a character from U+0080 to U+07FF. `mostly`: the greater part of its word is beyond ASCII.

    é in José is likely; ȫ, or ö among its like, is a Hangul syllable misread.
    """
    if "\u00a1" <= char <= "\u00bf":
        return 1.2 if any(one.isdecimal() for one in word) else 1.0 / len(word)
    if "\u00c0" <= char <= "\u017f":
        fits = any("a" <= one <= "z" for one in word) or (char.isupper() and any("A" <= one <= "Z" for one in word))
        return 1.2 if fits and not mostly else -0.5
    if "\u0370" <= char <= "\u06ff":
        return 0.8
    return -1.0


@cache
def _everyday() -> frozenset[str]:
    """The 2,350 syllables of KS X 1001; CP949 has 8,822 further ones, which are rare."""
    rows = (bytes((lead, trail)) for lead in range(0xB0, 0xC9) for trail in range(0xA1, 0xFF))
    return frozenset(code.decode("euc_kr", "ignore") for code in rows)
