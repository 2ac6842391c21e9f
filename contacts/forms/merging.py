"""What the page of a merge asks: who survives, and whose value counts in each field on which they differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from companies.models import Company
from contacts.actions.merge_plans import ALL, FIELDS, NEEDED, PRIMARY, Plan, Side, can_keep_all_notes
from contacts.models import Contact
from contacts.phones import format_phone
from helpdesk.ui.house import house

PHONES = ("mobile_phone", "work_phone")
_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class Asked:
    """What a request says, as far as it can be read; `survivor` is 0 where it names nobody.

    `shown`: the survivor for whom the page was drawn that sent it.
    """

    survivor: int
    shown: int
    choices: Mapping[str, int]
    versions: Mapping[int, int]

    @classmethod
    def of(cls, query: QueryDict, ids: Iterable[int]) -> Asked:
        chosen = {field: _number(query.get(f"choice-{field}", "")) for field in FIELDS}
        versions = {pk: _number(query.get(f"version-{pk}", "")) for pk in ids}
        return cls(
            survivor=_number(query.get("survivor", "")) or 0,
            shown=_number(query.get("shown", "")) or 0,
            choices={field: pk for field, pk in chosen.items() if pk is not None},
            versions={pk: version for pk, version in versions.items() if version is not None},
        )


@dataclass(frozen=True)
class Option:
    """One value, whose it is, and whether it counts; `text` is "" for an empty one, `company` set where it is one."""

    value: int
    text: str
    names: list[str]
    is_chosen: bool
    company: Company | None = None


@dataclass(frozen=True)
class Question:
    """A field on which they differ."""

    field: str
    label: str | Promise
    options: list[Option]


def questions_of(plan: Plan) -> list[Question]:
    """In the order of the contacts' numbers, whoever survives: nothing on the page jumps."""
    sides = sorted(plan.sides, key=lambda side: side.pk)
    asked = [Question(field, _label(field), _options(field, sides, plan)) for field in FIELDS]
    return [question for question in asked if len(question.options) > 1]


def _options(field: str, sides: list[Side], plan: Plan) -> list[Option]:
    held: dict[Any, list[Side]] = {}
    for side in sides:
        if side.value(field) or field not in NEEDED:
            held.setdefault(side.value(field) or "", []).append(side)
    chosen = plan.choices[field]
    options = [_option(field, value, holders, chosen) for value, holders in held.items()]
    if field == "notes" and can_keep_all_notes(plan.sides):
        options.insert(0, Option(ALL, _("Keep all of them, one below the other"), [], chosen == ALL))
    return options


def _option(field: str, value: Any, holders: list[Side], chosen: int) -> Option:
    names = [f"{side.contact.name} #{side.pk}" for side in holders]
    is_chosen = any(side.pk == chosen for side in holders)
    return Option(holders[0].pk, _shown(field, value), names, is_chosen, value if isinstance(value, Company) else None)


def _shown(field: str, value: Any) -> str:
    if isinstance(value, Company):
        return value.name
    if field in PHONES:
        return format_phone(value, house().phone_region)
    return str(dict(settings.LANGUAGES).get(value, value)) if field == "language" else str(value)


def _label(field: str) -> str | Promise:
    if field == PRIMARY:
        return _("Primary email")
    return Contact._meta.get_field(field).verbose_name  # type: ignore[union-attr]


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None
