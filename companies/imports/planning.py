"""What each row makes of the company it is about: the same for a review and for the run that follows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop

from companies.domains import display_domain
from companies.imports.cells import LINES, MOST_DOMAINS, TEXTS, TOO_MANY_DOMAINS, Wish
from companies.imports.firms import SEVERAL, Firm, Firms
from companies.models import match_key_of
from helpdesk.exchange.cleaning import Cleaner, is_same_text
from helpdesk.exchange.importing import problem
from helpdesk.exchange.rows import Problem, Result
from helpdesk.ui.sorting import name_key

RESTORE_FIRST = gettext_noop("“%(name)s” is a deleted company. Restore it first.")
TAKEN = gettext_noop("The domain belongs to the company “%(name)s”.")
TAKEN_BY_DELETED = gettext_noop("The domain belongs to the deleted company “%(name)s”, which keeps its domains.")


@dataclass(frozen=True, kw_only=True)
class Choices:
    """The ticks of the import, and what is answered about names."""

    blank_clears: bool = False
    restore_deleted: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)


class RowFails(Exception):
    """The row cannot be done, for this reason; it is about `firm`, where that is known."""

    def __init__(self, found: Problem, firm: Firm | None = None) -> None:
        super().__init__(found["text"])
        self.problem, self.firm = found, firm


class Planner:
    """Plans the rows of one chunk. A company not made yet is numbered below zero, by row."""

    def __init__(self, firms: Firms, cleaner: Cleaner[Wish], choices: Choices) -> None:
        self.firms, self.touched = firms, dict[int, Firm]()
        self._cleaner, self._choices = cleaner, choices

    def plan(self, wishes: Sequence[Wish]) -> list[Result]:
        return [self._result(wish) for wish in wishes]

    def _result(self, wish: Wish) -> Result:
        if wish.problems:
            return Result(wish.number, "failed", problems=wish.problems)
        try:
            firm = self._meant_by(wish)
            self.firms.note_spelling(wish, firm)
            return self._created(wish) if firm is None else self._updated(wish, firm)
        except RowFails as reason:
            target = reason.firm.ref if reason.firm else None
            return Result(wish.number, "failed", target, problems=[reason.problem])

    def _meant_by(self, wish: Wish) -> Firm | None:
        """Of several namesakes the one that the row would leave as it is: so a file of ours comes back without a change."""
        candidates = self.firms.meant_by(wish)
        if len(candidates) < 2:
            return candidates[0] if candidates else None
        alike = [one for one in candidates if not one.deleted_at and not self._changes(one, *self._wanted(wish, one))]
        if not alike:
            raise RowFails(problem(SEVERAL, column=self._cleaner.header("name"), value=wish.name, name=wish.name))
        return alike[0]

    def _created(self, wish: Wish) -> Result:
        self._check_domains(wish, None)
        texts = {name: wish.texts.get(name, "") for name in TEXTS}
        names = (wish.name, name_key(wish.name), match_key_of(wish.name))
        firm = Firm(-wish.number, *names, texts, list(wish.domains), is_planned=True)
        self.firms.add(firm)
        self.touched[firm.ref] = firm
        return Result(wish.number, "created", firm.ref, version=1)

    def _updated(self, wish: Wish, firm: Firm) -> Result:
        if firm.deleted_at and not self._choices.restore_deleted:
            column = self._cleaner.header("name")
            raise RowFails(problem(RESTORE_FIRST, column=column, value=wish.name, name=firm.name), firm)
        self._check_domains(wish, firm)
        texts, domains = self._wanted(wish, firm)
        changes = self._changes(firm, texts, domains)
        if not changes:
            return Result(wish.number, "skipped", firm.ref)
        firm.remember()
        firm.texts, firm.domains, firm.deleted_at, firm.version = texts, domains, None, firm.version + 1
        self.firms.add(firm)
        self.touched[firm.ref] = firm
        return Result(wish.number, "updated", firm.ref, changes, firm.version)

    def _wanted(self, wish: Wish, firm: Firm) -> tuple[dict[str, str], list[str]]:
        given = {
            name: text
            for name, text in wish.texts.items()
            if not is_same_text(firm.texts[name], text, is_line=name in LINES)
        }
        texts = {**firm.texts, **given, **dict.fromkeys(wish.clears, "")}
        return texts, list(dict.fromkeys([*firm.domains, *wish.domains]))

    def _changes(self, firm: Firm, texts: Mapping[str, str], domains: Sequence[str]) -> dict[str, list[Any]]:
        """Field → [old, new]; domains as people read them."""
        found = dict(_differences(firm.texts, texts))
        if len(domains) > len(firm.domains):
            found["domains"] = [[display_domain(one) for one in each] for each in (firm.domains, domains)]
        if firm.deleted_at:
            found["deleted_at"] = [firm.deleted_at, None]
        return found

    def _check_domains(self, wish: Wish, firm: Firm | None) -> None:
        column = self._cleaner.header("domains")
        for domain, typed in wish.domains.items():
            owner = self.firms.owners.get(domain)
            if owner is not None and owner is not firm:
                reason = TAKEN_BY_DELETED if owner.deleted_at else TAKEN
                raise RowFails(problem(reason, column=column, value=typed, name=owner.name), firm)
        new = [typed for domain, typed in wish.domains.items() if not (firm and domain in firm.domains)]
        if firm and new and len(firm.domains) + len(new) > MOST_DOMAINS:
            beyond = new[max(0, MOST_DOMAINS - len(firm.domains))]
            raise RowFails(problem(TOO_MANY_DOMAINS, column=column, value=beyond, count=MOST_DOMAINS), firm)


def _differences(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[tuple[str, list[Any]]]:
    return ((name, [old[name], new[name]]) for name in TEXTS if old[name] != new[name])
