"""The cells of a row → what somebody wants a company to be, or why that cannot be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop

from companies.domains import DomainError, domain_key
from companies.models import Company
from helpdesk.exchange.cells import separated
from helpdesk.exchange.cleaning import CellError, Cleaner, Put, lines, one_line
from helpdesk.exchange.importing import problem
from helpdesk.exchange.rows import Problem
from helpdesk.ui.cleaning import clean_name

NAMELESS = gettext_noop("The row has no name.")
TOO_MANY_DOMAINS = gettext_noop("A company can have at most %(count)s email domains.")

MOST_DOMAINS = 50
LINES = ("phone", "address")
TEXTS = (*LINES, "notes")
"""What a blank cell may clear, and what undoing gives back."""
LIMITS: Mapping[str, int] = {name: Company._meta.get_field(name).max_length or 0 for name in ("name", *TEXTS)}  # type: ignore[union-attr]

_between = re.compile(r"[\s,;]+")


@dataclass(slots=True)
class Wish:
    """What a row asks for; `domains` are key → as typed, in their order."""

    number: int
    name: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)
    clears: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def cleaner(columns: Sequence[str], headers: Sequence[str], *, clears: bool) -> Cleaner[Wish]:
    return Cleaner(columns, headers, PUTS, clears=TEXTS if clears else ())


def wish_of(cleaner: Cleaner[Wish], number: int, cells: Sequence[str], fault: str) -> Wish:
    """With `problems` the row must fail."""
    wish = cleaner.fill(Wish(number), cells, fault)
    if not wish.problems and not wish.name:
        wish.problems.append(problem(NAMELESS, column=cleaner.header("name")))
    return wish


def _put_name(wish: Wish, text: str) -> None:
    wish.name = one_line(" ".join(clean_name(text).split()), LIMITS["name"])


def _put_domains(wish: Wish, text: str) -> None:
    typed = [part for value in separated(text) for part in _between.split(value) if part]
    for part in typed:
        try:
            wish.domains.setdefault(domain_key(part), part)
        except DomainError as error:
            raise CellError.of(error.message, part) from None
    if len(wish.domains) > MOST_DOMAINS:
        raise CellError(TOO_MANY_DOMAINS, count=MOST_DOMAINS)


def _put_line(name: str) -> Put[Wish]:
    def put(wish: Wish, text: str) -> None:
        wish.texts[name] = one_line(text, LIMITS[name])

    return put


def _put_notes(wish: Wish, text: str) -> None:
    wish.texts["notes"] = lines(text, LIMITS["notes"])


PUTS: Mapping[str, Put[Wish]] = {
    "name": _put_name,
    "domains": _put_domains,
    **{name: _put_line(name) for name in LINES},
    "notes": _put_notes,
}
