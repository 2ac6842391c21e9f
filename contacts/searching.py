"""The search column of a contact and what a typed search asks of it (PRODUCT 3.14).

Both sides pass through the same `_line`, so neither case, width, composition nor the two kinds of
Hangul consonants (a typed ㅎ is U+314E, NFKC makes it U+1112) can keep them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from contacts.phones import search_forms
from helpdesk.ui.sorting import folded

QUERY_LENGTH = 200  # characters of a search that are looked at
TERM_LENGTH = 100
TERMS = 8

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_INVISIBLE = dict.fromkeys(
    (
        *map(ord, "\u00ad\u034f\u061c\u180e\ufeff"),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
    )
)
_LETTERS = {
    **{0x1100 + place: letter for place, letter in enumerate(_INITIALS)},
    **{0x1161 + place: letter for place, letter in enumerate(_VOWELS)},
    **{0x11A8 + place: letter for place, letter in enumerate(_FINALS)},
}
_INITIAL_OF = {code: _INITIALS[(code - 0xAC00) // 588] for code in range(0xAC00, 0xD7A4)}  # 21 vowels x 28 finals each

_hangul = re.compile("[가-힣]+")
_plain_hangul = re.compile("[가-힣 ]*")
_inside_words = re.compile(r"[^\W_]+")

# Numbers as people write them. A text keeps such a run as bare digits too, a search asks for the
# digits: whatever hyphens and spaces either has, they meet.
_SIGNS = r"\-.()~/‐‑‒–—−"
_run = re.compile(rf"[0-9(+](?:[0-9 {_SIGNS}]*[0-9])?")
# Cheap to ask first: every such run that has a sign has one of these.
_signed = re.compile(rf"[0-9][ {_SIGNS}]+[0-9]|[(+][0-9 {_SIGNS}]*[0-9]")
_dialled = re.compile(rf"(?<!\S)[0+(][0-9{_SIGNS}]*(?: [0-9(][0-9{_SIGNS}]*)*(?!\S)")
_number = re.compile(rf"[0-9+(][0-9{_SIGNS}]*")
_not_digits = re.compile("[^0-9]+")
_wild = re.compile(r"([\\%_])")


class Term(NamedTuple):
    """One thing that a contact must have to be found: `text`, anywhere or where a word begins."""

    text: str
    is_anywhere: bool

    @property
    def pattern(self) -> str:
        r"""For LIKE … ESCAPE '\': case-sensitive is enough, both sides are folded."""
        escaped = _wild.sub(r"\\\1", self.text)
        return f"%{escaped}%" if self.is_anywhere else f"% {escaped}%"

    def is_in(self, text: str) -> bool:
        return (self.text if self.is_anywhere else f" {self.text}") in text


def search_text(name: str, emails: Iterable[str], phones: Iterable[str], external_id: str, region: str) -> str:
    """All words that find a contact, each behind one space: name, initials, emails, phones, external id.

    Never the company's name: companies are found as companies.
    """
    lines = [_line(part) for part in (name, *emails, external_id)]
    words = _words_of_name(lines[0])
    for line in lines[1:]:
        words += line.split()
    words += _bare_numbers("\n".join(lines))
    for phone in filter(None, phones):
        words += sorted(search_forms(phone, region))
    return " " + " ".join(dict.fromkeys(words))


def search_terms(query: str) -> list[Term]:
    """What a search asks for, all of it: at most TERMS terms; none where nothing was typed."""
    words = _dialled.sub(_as_dialled, _line(query[:QUERY_LENGTH])).split()
    return [_term(word) for word in dict.fromkeys(map(_digits_of_number, words))][:TERMS]


def matches(text: str, query: str) -> bool:
    """Whether `query` finds a contact with this `search_text`: what the database must answer, too."""
    return all(term.is_in(text) for term in search_terms(query))


def _line(text: str) -> str:
    """Folded, with single spaces; Hangul letters that stand alone as the keyboard gives them (ㅎ)."""
    if not text.isascii():
        if _hangul.fullmatch(text):
            return text
        if not _plain_hangul.fullmatch(text):
            text = folded(text.translate(_INVISIBLE)).translate(_LETTERS)
    return " ".join(text.lower().split())


def _words_of_name(line: str) -> list[str]:
    if _hangul.fullmatch(line):  # as most names here
        return _forms(line)
    called = line.split()
    return called + _shorter_words(called) + _of_hangul(called)


def _shorter_words(words: list[str]) -> list[str]:
    """The words inside "min-jun" and "홍길동(과장)"."""
    return [part for word in words if not word.isalnum() for part in _inside_words.findall(word)]


def _of_hangul(words: list[str]) -> list[str]:
    """What finds the Hangul words of a name; of 홍 길동 also what finds 홍길동."""
    runs = [run for word in words for run in _hangul.findall(word)]
    dense = "".join(words)
    if len(words) > 1 and _hangul.fullmatch(dense):
        runs.append(dense)
    return [form for run in runs for form in _forms(run)]


def _forms(hangul: str) -> list[str]:
    """The word, its initials and, of three syllables, the last two: the name without the family's."""
    forms = [hangul, _initials(hangul)]
    return [*forms, hangul[1:]] if len(hangul) == 3 else forms


def _initials(hangul: str) -> str:
    return hangul.translate(_INITIAL_OF)


def _bare_numbers(text: str) -> list[str]:
    """Of "02-123 4567" the digits; runs that no search asks for so (two digits, no signs) stay out."""
    if not _signed.search(text):
        return []
    runs = (_not_digits.sub("", run) for run in _run.findall(text) if _not_digits.search(run))
    return [digits for digits in runs if len(digits) > 2]


def _as_dialled(match: re.Match[str]) -> str:
    """ "010 1234 5678" is one number, not three."""
    digits = _not_digits.sub("", match[0])
    return digits if len(digits) > 2 else match[0]


def _digits_of_number(word: str) -> str:
    if not _number.fullmatch(word):
        return word
    digits = _not_digits.sub("", word)
    return digits if len(digits) > 2 else word


def _term(word: str) -> Term:
    return Term(word[:TERM_LENGTH], len(word) > 2)
