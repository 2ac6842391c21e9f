"""Giving a contact the values it had before a row of an import: field by field, where it stands as the row left it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from companies.models import Company
from contacts.imports.people import TEXTS, Person
from contacts.models import Address, Contact
from contacts.tag_names import tag_key
from helpdesk.exchange.rows import Problem
from helpdesk.jobs.models import JobRow

SINCE = gettext_noop("It has been changed since the import.")
TAKEN = gettext_noop("Its old value belongs to another contact by now.")
IN_USE = gettext_noop("The email address that the import added has been confirmed since.")
NO_FIRM = gettext_noop("The company of before does not exist any more.")

Before = Mapping[str, Sequence[Any]]
"""`JobRow.before`: field → [old, new]; companies also by number, under names that begin with "_"."""


@dataclass(frozen=True)
class Known:
    """What restoring must ask about, looked up for a whole chunk.

    `external`: id → who has it, kept up while restoring; `confirmed`: keys of addresses that are more than the import made them; `firms` that exist.
    """

    external: dict[str, int]
    confirmed: frozenset[str]
    firms: frozenset[int]

    @classmethod
    def of(cls, rows: Iterable[JobRow], people: Mapping[int, Person]) -> Known:
        befores = [(row.target_id, row.before) for row in rows if row.before]
        externals = [before["external_id"][0] for _pk, before in befores if "external_id" in before]
        emailed = [pk for pk, before in befores if "email" in before or "emails" in before]
        firms = {ref for _pk, before in befores for ref in _firms_in(before)}
        owned = Contact.objects.filter(external_id__in=[one for one in externals if one])
        addresses = Address.objects.filter(contact__in=emailed)
        used = addresses.exclude(confirmed_at=None, user=None).values_list("key", flat=True)
        return cls(
            external={external or "": pk for external, pk in owned.values_list("external_id", "pk")},
            confirmed=frozenset(used) if emailed else frozenset(),
            firms=frozenset(Company.objects.filter(pk__in=firms).values_list("pk", flat=True)),
        )


def count(before: Before) -> int:
    """How many fields the row changed."""
    return len(_FIELDS_OF_EMAILS & before.keys()) + sum(
        not name.startswith("_") for name in before.keys() - _FIELDS_OF_EMAILS
    )


def restore(person: Person, before: Before, known: Known) -> list[Problem]:
    """Change `person` back; returns what had to be left, a problem each: {"text", "params", "field", …}."""
    left: list[Problem] = []
    for name, pair in before.items():
        if name in _FIELDS_OF_EMAILS or name.startswith("_"):
            continue
        put_back = _SPECIAL.get(name) or _text(name)
        if reason := put_back(person, pair if name in ("tags", "deleted_at") else before.get(f"_{name}", pair), known):
            left.append(_left(name, reason))
    if (emails := _FIELDS_OF_EMAILS & before.keys()) and (reason := _emails(person, before, known)):
        left += [_left(name, reason) for name in sorted(emails)]
    return left


def _left(name: str, reason: str) -> Problem:
    return {"text": reason, "params": {}, "field": name, "column": "", "value": ""}


PutBack = Callable[[Person, Sequence[Any], Known], str]
"""Sets one field to what it was; "" where that was done, else why not."""


def _text(name: str) -> PutBack:
    def put_back(person: Person, pair: Sequence[Any], known: Known) -> str:
        old, new = pair
        if name not in TEXTS or person.texts[name] != new:
            return SINCE
        if name == "external_id" and old and known.external.get(old, person.ref) != person.ref:
            return TAKEN
        person.texts[name] = old
        if name == "external_id":
            known.external.pop(new, None)
            known.external[old] = person.ref
        return ""

    return put_back


def _company(person: Person, pair: Sequence[Any], known: Known) -> str:
    old, new = pair
    if person.company != new:
        return SINCE
    if old is not None and old not in known.firms:
        return NO_FIRM
    person.company = old
    person.others = [ref for ref in person.others if ref != old]
    return ""


def _others(person: Person, pair: Sequence[Any], known: Known) -> str:
    old, new = pair
    if set(person.others) != set(new) - {person.company}:
        return SINCE
    person.others = [ref for ref in old if ref in known.firms and ref != person.company]
    return ""


def _tags(person: Person, pair: Sequence[Any], known: Known) -> str:
    """Tags are a set: those the import gave go, those it took come back, others stay."""
    old, new = ({tag_key(name): name for name in names} for names in pair)
    given, taken = new.keys() - old.keys(), old.keys() - new.keys()
    if not given <= person.tags.keys() or taken & person.tags.keys():
        return SINCE
    wanted = {
        **{key: name for key, name in person.tags.items() if key not in given},
        **{key: old[key] for key in taken},
    }
    person.tags = {key: wanted[key] for key in sorted(wanted)}
    return ""


def _deleted(person: Person, pair: Sequence[Any], known: Known) -> str:
    if person.deleted_at:
        return SINCE
    person.deleted_at = pair[0]
    return ""


def _emails(person: Person, before: Before, known: Known) -> str:
    """All addresses at once: their order is one thing."""
    now = [*person.emails.values()]
    first, further = before.get("email", now[:1] * 2 or ["", ""]), before.get("emails", [now[1:], now[1:]])
    old, new = ([one for one in (first[at], *further[at]) if one] for at in (0, 1))
    by_email = {email: key for key, email in person.emails.items()}
    if now[:1] != new[:1] or set(now) != set(new) or not by_email.keys() >= set(old):
        return SINCE
    if known.confirmed & {by_email[email] for email in now if email not in old}:
        return IN_USE
    kept = {by_email[email]: email for email in old}
    person.ages = [key for key in person.ages if key in kept]
    person.emails = {key: kept[key] for key in dict.fromkeys((*[*kept][:1], *person.ages))}
    return ""


def _firms_in(before: Before) -> list[int]:
    old = [before["_company"][0]] if "_company" in before else []
    return [ref for ref in (*old, *(before["_other_companies"][0] if "_other_companies" in before else ())) if ref]


_FIELDS_OF_EMAILS = frozenset({"email", "emails"})
_SPECIAL: Mapping[str, PutBack] = {
    "company": _company,
    "other_companies": _others,
    "tags": _tags,
    "deleted_at": _deleted,
}
