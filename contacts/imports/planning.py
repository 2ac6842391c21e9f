"""What each row makes of the contact it is about: the same for a review and for the run that follows it.

Rows are planned one after the other, so that later ones find what earlier ones did; nothing here reads or writes a table.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext_noop

from contacts.imports import cells
from contacts.imports.cells import MOST_COMPANIES, MOST_TAGS, TOO_MANY_EMAILS, UNREACHABLE, Cleaner, Wish
from contacts.imports.firms import FirmError, Firms
from contacts.imports.matching import MatchError, People
from contacts.imports.people import TEXTS, Person
from contacts.models import MOST_ADDRESSES
from contacts.phones import format_phone
from helpdesk.exchange.cells import joined
from helpdesk.exchange.cleaning import is_same_text
from helpdesk.exchange.importing import problem
from helpdesk.exchange.rows import Problem, Result
from helpdesk.ui.cleaning import clean_name

RESTORE_FIRST = gettext_noop("“%(name)s” is a deleted contact. Restore it first.")
PHONES = ("work_phone", "mobile_phone")
NO_TEXTS = dict.fromkeys(TEXTS, "")
CLEARED_TEXTS = frozenset(TEXTS) - {"name"}
NOBODY = Person(0, NO_TEXTS)

FIRMS_FROM = 10**12


@dataclass(frozen=True, kw_only=True)
class Choices:
    """The ticks of the import, and what is answered about names of companies."""

    create_companies: bool = True
    blank_clears: bool = False
    primary_from_file: bool = False
    add_company: bool = False
    replace_tags: bool = False
    restore_deleted: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Moved:
    """The primary address of a contact became another one, at this version of it."""

    ref: int
    old: str
    new: str
    version: int


class Wanted(NamedTuple):
    """What a contact is to be: of its texts only those that change."""

    texts: dict[str, str]
    emails: dict[str, str]
    company: int | None
    others: list[int]
    tags: dict[str, str]


class RowFails(Exception):
    """The row cannot be done, for this reason."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found["text"])
        self.problem = found


class Planner:
    """Plans the rows of one chunk. Who is not made yet is numbered below zero, by row."""

    def __init__(self, people: People, firms: Firms, cleaner: Cleaner, choices: Choices, *, region: str) -> None:
        self.people, self.firms, self.moved = people, firms, list[Moved]()
        self._cleaner, self._choices, self._region = cleaner, choices, region
        self.touched: dict[int, Person] = {}
        self._told = 0

    def plan(self, wishes: Sequence[Wish], *, most_told: int = sys.maxsize) -> list[Result]:
        """What becomes of them; of the first ones only, once so many people who sign in are to be told of another address."""
        results = []
        for wish in wishes:
            results.append(self._result(wish))
            if self._told >= most_told:
                break
        return results

    def _result(self, wish: Wish) -> Result:
        if wish.problems:
            return Result(wish.number, "failed", problems=wish.problems)
        person = None
        try:
            person = self.people.meant_by(wish)
            return self._created(wish) if person is None else self._updated(wish, person)
        except RowFails as reason:
            return _failed(wish, person, reason.problem)
        except FirmError as reason:
            return _failed(wish, person, problem(reason.text, **reason.params))
        except MatchError as reason:
            if same := next((one for one in reason.several if self._is_all_said(wish, one)), None):
                return Result(wish.number, "skipped", same.ref)
            return _failed(wish, person, self._cleaner.problem(reason.text, reason.cell, **reason.params))

    # A new contact

    def _created(self, wish: Wish) -> Result:
        self._check_firms(wish, None)
        self._check_counts(wish, NOBODY)
        texts = {**NO_TEXTS, **wish.texts}
        texts["name"] = texts["name"] or _default_name(texts, wish)
        person = Person(-wish.number, texts, dict(wish.emails), ages=[*wish.emails], is_new=True)
        if wish.company:
            person.company = self.firms.settle(wish.company, None, _firm_ref(wish, 0))
        else:
            person.company = self.firms.at_domain_of(wish.emails)
        if wish.others:
            person.others = [ref for ref in self._others(wish, None) if ref != person.company]
        if wish.tags:
            person.tags = {key: wish.tags[key] for key in sorted(wish.tags)}
        self.people.add(person)
        self.touched[person.ref] = person
        return Result(wish.number, "created", person.ref, version=1)

    # A known one

    def _updated(self, wish: Wish, person: Person) -> Result:
        if person.deleted_at and not self._choices.restore_deleted:
            cell = self.people.cell_about(wish, person)
            raise RowFails(self._cleaner.problem(RESTORE_FIRST, cell, name=person.texts["name"]))
        self._check_firms(wish, person)
        self._check_counts(wish, person)
        wanted = self._wanted(wish, person)
        changes = self._changes(person, wanted)
        if not changes:
            return Result(wish.number, "skipped", person.ref)
        self._become(person, wanted)
        return Result(wish.number, "updated", person.ref, changes, person.version)

    def _is_all_said(self, wish: Wish, person: Person) -> bool:
        """Whether the row says the name of this contact and nothing that differs: what an export of people sharing a phone says."""
        if person.deleted_at or person.is_agent or wish.texts.get("name") != person.texts["name"]:
            return False
        try:
            named = {self.firms.meant_by(name, person).ref for name in (wish.company, *wish.others) if name}
        except FirmError:
            return False
        return {person.company, *person.others} >= named and not self._changes(person, self._wanted(wish, person))

    def _wanted(self, wish: Wish, person: Person) -> Wanted:
        texts = dict(self._changed_texts(wish, person))
        emails = self._wanted_emails(wish, person)
        if not _stays_reachable(person, texts, emails):
            raise RowFails(problem(UNREACHABLE))
        return Wanted(texts, emails, *self._wanted_companies(wish, person), self._wanted_tags(wish, person))

    def _become(self, person: Person, wanted: Wanted) -> None:
        person.remember()
        self.people.drop(person)
        person.version += 1
        if wanted.emails is not person.emails:
            self._readdress(person, wanted.emails)
        person.texts.update(wanted.texts)
        person.tags = wanted.tags
        person.company, person.others = wanted.company, wanted.others
        person.deleted_at = None
        self.people.add(person)
        self.touched[person.ref] = person

    def _readdress(self, person: Person, emails: dict[str, str]) -> None:
        old, new = person.primary, next(iter(emails))
        if old != new:
            self.moved.append(Moved(person.ref, person.emails.get(old, ""), emails[new], person.version))
            self._told += person.user is not None
        person.ages += [key for key in emails if key not in person.emails]
        person.emails = emails

    def _changed_texts(self, wish: Wish, person: Person) -> Iterator[tuple[str, str]]:
        now = person.texts
        for name, new in wish.texts.items():
            old = now[name]
            if old != new and not self._is_same(name, old, new):
                yield name, new
        for name in wish.clears:
            if name in CLEARED_TEXTS and now[name]:
                yield name, ""

    def _is_same(self, name: str, old: str, new: str) -> bool:
        if name in PHONES and format_phone(old, self._region) == format_phone(new, self._region):
            return True
        return is_same_text(old, new, is_line=name != "notes")

    def _wanted_emails(self, wish: Wish, person: Person) -> dict[str, str]:
        """Those there are, in their order, and behind them the new ones; the file's first one in front only if chosen so."""
        if not wish.emails or (wish.emails.keys() <= person.emails.keys() and not self._choices.primary_from_file):
            return person.emails
        wanted = {**wish.emails, **person.emails}
        if len(wanted) > MOST_ADDRESSES:
            new = [key for key in wish.emails if key not in person.emails]
            beyond = wish.email_cell(new[MOST_ADDRESSES - len(person.emails)])
            raise RowFails(self._cleaner.problem(TOO_MANY_EMAILS, beyond, count=MOST_ADDRESSES))
        ages = dict.fromkeys((*person.ages, *wish.emails))
        is_first = self._choices.primary_from_file and wish.has_primary
        first = next(iter(wish.emails)) if is_first or not person.emails else person.primary
        return {key: wanted[key] for key in dict.fromkeys((first, *ages))}

    def _wanted_tags(self, wish: Wish, person: Person) -> dict[str, str]:
        if not wish.tags:
            return {} if "tags" in wish.clears else person.tags
        kept = wish.tags.keys() & person.tags.keys() if self._choices.replace_tags else person.tags.keys()
        wanted = {**wish.tags, **{key: person.tags[key] for key in kept}}
        return person.tags if wanted.keys() == person.tags.keys() else {key: wanted[key] for key in sorted(wanted)}

    def _wanted_companies(self, wish: Wish, person: Person) -> tuple[int | None, list[int]]:
        company, others = person.company, list(person.others)
        if wish.company:
            meant = self.firms.settle(wish.company, person, _firm_ref(wish, 0))
            if self._choices.add_company and company is not None:
                others.append(meant)
            else:
                company = meant
        elif "company" in wish.clears:
            company = None
        others += self._others(wish, person)
        if not wish.others and "other_companies" in wish.clears:
            others = []
        return company, [ref for ref in dict.fromkeys(others) if ref != company]

    def _check_counts(self, wish: Wish, person: Person) -> None:
        """How many tags and further companies the row gives; what the contact has is never too much."""
        if len(wish.tags) > MOST_TAGS and len(wish.tags.keys() - person.tags.keys()) > MOST_TAGS:
            raise self._too_many("tags", wish.tags.values(), cells.TOO_MANY_TAGS, MOST_TAGS)
        if len(wish.others) > MOST_COMPANIES:
            own = {person.company, *person.others}
            new = [name for name in wish.others if self.firms.meant_by(name, person).ref not in own]
            if len(new) > MOST_COMPANIES:
                raise self._too_many("other_companies", wish.others, cells.TOO_MANY_COMPANIES, MOST_COMPANIES)

    def _too_many(self, field: str, names: Iterable[str], text: str, most: int) -> RowFails:
        return RowFails(problem(text, column=self._cleaner.header(field), value=joined(names), count=most))

    # Companies

    def _check_firms(self, wish: Wish, person: Person | None) -> None:
        """Before anything is settled: whether each name means a company."""
        if not (wish.company or wish.others):
            return
        for name, column in ((wish.company, "company"), *((name, "other_companies") for name in wish.others)):
            if name:
                try:
                    self.firms.meant_by(name, person)
                except FirmError as reason:
                    found = problem(reason.text, column=self._cleaner.header(column), value=name, **reason.params)
                    raise RowFails(found) from None

    def _others(self, wish: Wish, person: Person | None) -> list[int]:
        settled = (self.firms.settle(name, person, _firm_ref(wish, place)) for place, name in enumerate(wish.others, 1))
        return list(dict.fromkeys(settled))

    # Telling

    def _changes(self, person: Person, wanted: Wanted) -> dict[str, list[Any]]:
        """Field of the sheet → [old, new] as people read them; names beginning with "_" are for undoing."""
        changes: dict[str, list[Any]] = {name: [person.texts[name], new] for name, new in wanted.texts.items()}
        if wanted.emails is not person.emails:
            changes |= _email_changes([*person.emails.values()], [*wanted.emails.values()])
        if wanted.company != person.company:
            changes["company"] = [self.firms.name_of(person.company), self.firms.name_of(wanted.company)]
            changes["_company"] = [person.company, wanted.company]
        if wanted.others != person.others:
            lists = (person.others, wanted.others)
            changes["other_companies"] = [[self.firms.name_of(ref) for ref in refs] for refs in lists]
            changes["_other_companies"] = [*lists]
        if wanted.tags.keys() != person.tags.keys():
            changes["tags"] = [[*person.tags.values()], [*wanted.tags.values()]]
        if person.deleted_at:
            changes["deleted_at"] = [person.deleted_at, None]
        return changes


def _failed(wish: Wish, person: Person | None, found: Problem) -> Result:
    return Result(wish.number, "failed", person.ref if person else None, problems=[found])


def _firm_ref(wish: Wish, place: int) -> int:
    """Below all numbers of contacts."""
    return -(FIRMS_FROM + wish.number * 1000 + place)


def _stays_reachable(person: Person, texts: Mapping[str, str], emails: Mapping[str, str]) -> bool:
    ways = ("external_id", *PHONES)
    return bool(emails) or any(texts.get(name, person.texts[name]) for name in ways)


def _email_changes(old: list[str], new: list[str]) -> dict[str, list[Any]]:
    changes: dict[str, list[Any]] = {}
    if old[:1] != new[:1]:
        changes["email"] = ["".join(old[:1]), "".join(new[:1])]
    if old[1:] != new[1:]:
        changes["emails"] = [old[1:], new[1:]]
    return changes


def _default_name(texts: Mapping[str, str], wish: Wish) -> str:
    """As the form's: the email's local part; without an email, what else the contact is known by."""
    local = next(iter(wish.emails.values()), "").partition("@")[0]
    known_by = local or texts["work_phone"] or texts["mobile_phone"] or texts["external_id"]
    return clean_name(known_by) or known_by
