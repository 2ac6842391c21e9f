"""The companies that the rows of a chunk mean: by name, else by the name in another spelling (PRODUCT 3.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop

from companies.imports.cells import TEXTS, Wish
from companies.models import Company, match_key_of
from helpdesk.exchange.planning import Shadow
from helpdesk.exchange.rows import fetch
from helpdesk.ui.sorting import name_key

SEVERAL = gettext_noop("Several companies are called “%(name)s”: it is not clear which one is meant.")


@dataclass(slots=True, eq=False)
class Firm:
    """A company; `ref` is its id, or minus the row number of one not yet made. `deleted_at` is ISO 8601.

    `is_planned`: this import, or the review of it, makes or changes it. `was`: as it stood before this chunk.
    """

    ref: int
    name: str
    name_key: str
    match_key: str
    texts: dict[str, str]
    domains: list[str] = field(default_factory=list)
    version: int = 1
    deleted_at: str | None = None
    is_planned: bool = False
    was: Firm | None = None

    def remember(self) -> None:
        """Before the first change: keep what stands."""
        self.is_planned = True
        if self.was is None:
            self.was = Firm(*self.as_state())

    def as_state(self) -> list[Any]:
        """As JSON: what `Firm(*state)` takes."""
        return [
            self.ref, self.name, self.name_key, self.match_key, dict(self.texts), list(self.domains), self.version,
            self.deleted_at,
        ]  # fmt: skip

    @classmethod
    def of_state(cls, state: Sequence[Any]) -> Firm:
        """One that is planned."""
        firm = cls(*state)
        firm.is_planned = True
        return firm


class Firms:
    """`answers`: name → "same" or "new", of names that differ only in spaces, case and legal form."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._answers = answers
        self._groups: dict[str, list[Firm]] = {}
        self.all: dict[int, Firm] = {}
        self.owners: dict[str, Firm] = {}
        self.spellings: Counter[tuple[str, str]] = Counter()

    def add(self, firm: Firm) -> None:
        """Later ones of the same number replace earlier ones."""
        group = self._groups.setdefault(firm.match_key, [])
        group[:] = [one for one in group if one.ref != firm.ref] + [firm]
        self.all[firm.ref] = firm
        self.owners |= dict.fromkeys(firm.domains, firm)

    def group_of(self, firm: Firm) -> Sequence[Firm]:
        return self._groups[firm.match_key]

    def meant_by(self, wish: Wish) -> list[Firm]:
        """Those the row may mean, best first: of the name as spelt, else of another spelling of it, else deleted ones of the name."""
        spelt, group = name_key(wish.name), self._groups.get(match_key_of(wish.name), [])
        exact = [firm for firm in group if firm.name_key == spelt]
        present = [firm for firm in exact if not firm.deleted_at]
        if present or self._answers.get(wish.name) == "new":
            return present or exact
        return [firm for firm in group if not firm.deleted_at] or exact

    def note_spelling(self, wish: Wish, firm: Firm | None) -> None:
        """Count a name that is spelt otherwise than the company it means, or would mean but for the answer."""
        spelt, group = name_key(wish.name), self._groups.get(match_key_of(wish.name), [])
        if any(one.name_key == spelt for one in group if not one.deleted_at and one.ref != -wish.number):
            return
        like = (
            firm
            if firm and firm.ref != -wish.number
            else next((one for one in group if not one.deleted_at and one.ref != -wish.number), None)
        )
        if like is not None and like.name_key != spelt:
            self.spellings[wish.name, like.name] += 1


def look(firms: Firms, wishes: Sequence[Wish], shadow: Shadow) -> None:
    """Read, and lock, the companies that these rows name, and those that own their domains."""
    matches = {match_key_of(wish.name) for wish in wishes if wish.name}
    domains = {domain for wish in wishes for domain in wish.domains}
    ids = _ids(matches, domains)
    planned = shadow.states(set(shadow.refs([*_keys(matches, domains)]).values()))
    if connection.vendor == "postgresql" and ids:
        fetch("SELECT id FROM companies_company WHERE id {among} ORDER BY id FOR NO KEY UPDATE", ids)
    for firm in read(ids):
        firms.add(firm)
    for group in planned.values():
        for state in group:
            firms.add(Firm.of_state(state))


def read(ids: Collection[int]) -> Iterable[Firm]:
    """These companies as they stand, in the order of their ids."""
    companies = Company.objects.filter(pk__in=ids).order_by("pk").prefetch_related("domains")
    for one in companies:
        texts = {name: getattr(one, name) for name in TEXTS}
        domains = [domain.domain for domain in one.domains.all()]
        deleted = one.deleted_at.isoformat() if one.deleted_at else None
        yield Firm(one.pk, one.name, one.name_key, one.match_key, texts, domains, one.version, deleted)


def planned_keys(firm: Firm) -> Iterable[str]:
    """By what a later chunk of a review may find it."""
    return _keys([firm.match_key], firm.domains)


def _keys(matches: Iterable[str], domains: Iterable[str]) -> Iterable[str]:
    yield from (f"n:{key}" for key in matches)
    yield from (f"d:{domain}" for domain in domains)


def _ids(matches: Collection[str], domains: Collection[str]) -> list[int]:
    found = fetch(_NAMED, matches) if matches else []
    owned = fetch(_OWNERS, domains) if domains else []
    return sorted({pk for (pk,) in (*found, *owned)})


_NAMED = "SELECT id FROM companies_company WHERE match_key {among}"
_OWNERS = "SELECT company_id FROM companies_companydomain WHERE domain {among}"
