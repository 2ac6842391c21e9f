"""Which companies the names in a file mean (PRODUCT 3.5): spelt so, else spelt so but for spaces, case and legal form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_noop

from companies.models import match_key_of
from contacts.imports.people import Person
from helpdesk.exchange.planning import NOTHING, Shadow
from helpdesk.exchange.rows import fetch
from helpdesk.ui.sorting import name_key
from helpdesk.users.addresses import domain_of

NO_COMPANY = gettext_noop("There is no company called “%(name)s”, and missing companies are not to be created.")
SEVERAL = gettext_noop(
    "Several companies are called “%(name)s”. Write the number of the one that is meant: “%(label)s”."
)
DELETED = gettext_noop("The company “%(name)s” is deleted. Restore it first.")
_numbered = re.compile(r"(.*) #(\d{1,18})", re.DOTALL)


class FirmError(Exception):
    """The name means no one company: a marked msgid, and what is put into it."""

    def __init__(self, text: str, **params: Any) -> None:
        super().__init__(text)
        self.text, self.params = text, params


@dataclass(slots=True, eq=False)
class Firm:
    """A company; `ref` 0 until it is to be made, negative until it is. `like`: the one of which it is another spelling, kept apart on demand."""

    ref: int
    name: str
    name_key: str
    match_key: str
    is_deleted: bool = False
    like: str = ""

    def as_state(self) -> list[Any]:
        """As JSON: what `Firm(*state)` takes."""
        return [self.ref, self.name, self.name_key, self.match_key, self.is_deleted, self.like]


class Firms:
    """The companies that the rows of a chunk name. `answers`: name → "same" or "new", of names that differ only in spelling."""

    def __init__(self, answers: Mapping[str, str], *, may_create: bool) -> None:
        self._answers = answers
        self._may_create = may_create
        self._by_match: dict[str, list[Firm]] = {}
        self._known: dict[str, dict[str, Firm | FirmError]] = {}
        self.all: dict[int, Firm] = {}
        self.made: list[Firm] = []
        self.spellings: Counter[tuple[str, str]] = Counter()
        self.domains: dict[str, int] = {}

    def add(self, firm: Firm) -> None:
        if firm.ref in self.all:
            return
        self.all[firm.ref] = firm
        self._by_match.setdefault(firm.match_key, []).append(firm)

    def name_of(self, ref: int | None) -> str:
        return self.all[ref].name if ref is not None else ""

    def meant_by(self, name: str, person: Person | None = None) -> Firm:
        """The company, perhaps one still to be made (`ref` 0); FirmError where that is unclear.

        Where several bear the name, the one that `person` belongs to already.
        """
        if person is not None and (own := self._own(name, person)):
            return own
        namesakes = self._known.setdefault(keys_of(name)[1], {})
        found = namesakes.get(name)
        if found is None:
            found = namesakes[name] = self._found(name)
        if isinstance(found, FirmError):
            raise found
        return found

    def settle(self, name: str, person: Person | None, ref: int) -> int:
        """The number of the company meant; a new one gets `ref`. Counts names that differ from the company's in spelling."""
        firm = self.meant_by(name, person)
        spelt, matched = keys_of(name)
        if firm.match_key == matched and (firm.like or firm.name_key != spelt):
            self.spellings[name, firm.like or firm.name] += 1
        if not firm.ref:
            firm.ref = ref
            self.add(firm)
            self.made.append(firm)
            self._known.pop(firm.match_key, None)  # other spellings of it are found now
        return firm.ref

    def group_of(self, firm: Firm) -> list[Firm]:
        """The planned companies with its match key, itself first."""
        return [firm, *(one for one in self._by_match[firm.match_key] if one.ref < 0 and one is not firm)]

    def at_domain_of(self, emails: Iterable[str]) -> int | None:
        """The company to which the first of these addresses (keys) leads by its domain."""
        found = (self.domains.get(domain_of(key)) for key in emails)
        return next((ref for ref in found if ref is not None), None)

    def _own(self, name: str, person: Person) -> Firm | None:
        own = [self.all[ref] for ref in (person.company, *person.others) if ref is not None]
        if not own:
            return None
        spelt, matched = keys_of(name)
        return next((firm for firm in own if firm.name_key == spelt), None) or self._own_spelling(
            name, spelt, matched, own
        )

    def _own_spelling(self, name: str, spelt: str, matched: str, own: Sequence[Firm]) -> Firm | None:
        if self._answers.get(name) == "new" or any(firm.name_key == spelt for firm in self._by_match.get(matched, ())):
            return None
        return next((firm for firm in own if firm.match_key == matched and not firm.is_deleted), None)

    def _found(self, name: str) -> Firm | FirmError:
        spelt, matched = keys_of(name)
        namesakes = self._by_match.get(matched, ())
        exact = [firm for firm in namesakes if firm.name_key == spelt]
        present = [firm for firm in exact if not firm.is_deleted]
        alike = [] if self._answers.get(name) == "new" else [firm for firm in namesakes if not firm.is_deleted]
        if candidates := present or alike:
            return candidates[0] if len(candidates) == 1 else _several(name, candidates)
        if numbered := self._numbered(name):
            return numbered
        if exact:
            return FirmError(DELETED, name=exact[0].name)
        return self._missing(name, namesakes)

    def _numbered(self, name: str) -> Firm | None:
        match = _numbered.fullmatch(name)
        firm = self.all.get(int(match[2])) if match else None
        return firm if match and firm and not firm.is_deleted and firm.name_key == name_key(match[1]) else None

    def _missing(self, name: str, namesakes: Sequence[Firm]) -> Firm | FirmError:
        if not self._may_create:
            return FirmError(NO_COMPANY, name=name)
        like = next((firm.name for firm in namesakes if not firm.is_deleted), "")
        return Firm(0, name, *keys_of(name), like=like)


@lru_cache(maxsize=8192)
def keys_of(name: str) -> tuple[str, str]:
    """By which a name is compared: as spelt, and without spaces, case and legal form."""
    return name_key(name), match_key_of(name)


def _several(name: str, firms: Sequence[Firm]) -> FirmError:
    return FirmError(SEVERAL, name=name, label=f"{firms[0].name} #{firms[0].ref}" if firms[0].ref > 0 else name)


def look(
    firms: Firms, names: Collection[str], people: Collection[Person], emails: Iterable[str], shadow: Shadow = NOTHING
) -> None:
    """Read the companies of these names and people, and those whose domains these addresses (keys) have."""
    keys = {keys_of(name)[1] for name in names}
    groups = shadow.states(set(shadow.refs([f"n:{key}" for key in keys]).values()))
    own = {ref for one in people for ref in (one.company, *one.others) if ref is not None}
    planned = own and shadow.states({ref for ref in own if ref < 0})
    domains = {domain_of(key) for key in emails}
    firms.domains = dict(fetch(_DOMAINS, domains)) if domains else {}
    for firm in _read(keys, {*own, *_numbers(names), *firms.domains.values()}):
        firms.add(firm)
    for group in {**groups, **(planned or {})}.values():
        for state in group:
            firms.add(Firm(*state))


def _numbers(names: Iterable[str]) -> list[int]:
    return [int(match[2]) for name in names if "#" in name and (match := _numbered.fullmatch(name))]


def _read(keys: Collection[str], refs: Collection[int]) -> list[Firm]:
    found = fetch(_COMPANIES, keys, [ref for ref in refs if ref > 0]) if keys or refs else []
    return [Firm(pk, name, spelt, matched, deleted is not None) for pk, name, spelt, matched, deleted in found]


_COMPANIES = """SELECT id, name, name_key, match_key, deleted_at FROM companies_company
    WHERE match_key {among} OR id {among} ORDER BY id"""
_DOMAINS = """SELECT d.domain, d.company_id FROM companies_companydomain d JOIN companies_company c ON c.id = d.company_id
    WHERE c.deleted_at IS NULL AND d.domain {among}"""
