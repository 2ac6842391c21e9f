"""The words of a search: each must stand in the contact itself, or in the name of the company."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from operator import or_
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from companies.models import Company
from contacts.searching import Term, search_terms
from helpdesk.ui.questions import IS_ANY_OF, array_of

MOST_COMPANIES = 1000  # of one word
MOST_APART = 2  # words that mean companies; with more of them there would be too many questions


class Condition(NamedTuple):
    """A condition in SQL on `search_text` and `company_id`, and its values."""

    sql: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Wanted:
    """One word that is looked for: in the contact itself, or in the name of the company (`companies`: ids)."""

    term: Term
    companies: tuple[int, ...] = ()

    @property
    def needle(self) -> str:
        """Words begin behind a space; a term of three characters or more may stand anywhere."""
        return self.term.text if self.term.is_anywhere else f" {self.term.text}"

    def as_q(self) -> Q:
        own = Q(search_text__contains=self.needle)
        return own | Q(company__in=self.companies) if self.companies else own

    @property
    def test(self) -> Condition:
        return _either(self.own, of_companies(self.companies)) if self.companies else self.own

    @property
    def own(self) -> Condition:
        """Whether it stands in the contact itself."""
        if connection.vendor == "postgresql":
            return Condition("search_text LIKE %s", (self.term.pattern,))
        return Condition("instr(search_text, %s) > 0", (self.needle,))


def of_companies(ids: Iterable[int]) -> Condition:
    return Condition(f"company_id {IS_ANY_OF[connection.vendor]}", (array_of(ids),))


def wanted_by(text: str) -> list[Wanted]:
    """The words of `text`; one query for the companies they mean."""
    terms = search_terms(text)
    names = _company_names([term for term in terms if _may_be_name(term)])
    return [Wanted(term, tuple(_named(term, names)) if _may_be_name(term) else ()) for term in terms]


def all_of(words: Iterable[Wanted]) -> Condition:
    """Whoever has every word."""
    return _every(word.test for word in words)


def ways(words: list[Wanted]) -> list[Condition]:
    """The same as `all_of`, taken apart: whoever passes one of these has every word.

    "최 삼성" is 최 and 삼성 in the contact itself, or 최 there and a company called 삼성. Each of them PostgreSQL answers from
    its indexes; the two in one condition it only finds by looking at everybody with 최.
    """
    named = [word for word in words if word.companies]
    if len(words) < 2 or len(named) > MOST_APART:
        return [all_of(words)]
    chosen = [group for count in range(len(named) + 1) for group in combinations(named, count)]
    return [test for group in chosen if (test := _way(words, group))]


def _way(words: list[Wanted], named: tuple[Wanted, ...]) -> Condition | None:
    """The words of `named` in the name of one company, the others in the contact; None where no company has them all."""
    own = [word.own for word in words if word not in named]
    if not named:
        return _every(own)
    companies = set.intersection(*(set(word.companies) for word in named))
    return _every([*own, of_companies(sorted(companies))]) if companies else None


def _every(tests: Iterable[Condition]) -> Condition:
    tests = list(tests)
    return Condition(" AND ".join(test.sql for test in tests), tuple(value for test in tests for value in test.values))


def _either(one: Condition, other: Condition) -> Condition:
    return Condition(f"({one.sql} OR {other.sql})", one.values + other.values)


def _may_be_name(term: Term) -> bool:
    """Numbers and addresses mean no company."""
    return "@" not in term.text and any(map(str.isalpha, term.text))


def _company_names(terms: list[Term]) -> list[tuple[int, str]]:
    """The companies that one of `terms` may mean: id and name's key."""
    if not terms:
        return []
    holding = reduce(or_, (Q(name_key__contains=term.text) for term in terms))
    found = Company.objects.present().filter(holding).order_by("pk").values_list("pk", "name_key")
    return list(found[: MOST_COMPANIES * len(terms)])


def _named(term: Term, names: Iterable[tuple[int, str]]) -> Iterator[int]:
    return (pk for pk, name in names if term.is_in(f" {name}"))
