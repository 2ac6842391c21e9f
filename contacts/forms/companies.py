"""Companies as people type them: by name, with suggestions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Case, When
from django.utils.translation import gettext as _

from companies.forms import name_taken
from companies.models import Company, CompanyQuerySet
from helpdesk.ui.cleaning import clean_name
from helpdesk.ui.forms import refuse_unstorable
from helpdesk.ui.sorting import has_forbidden, name_key

LONGEST = 220
LONGEST_NEW = 200
MOST_OTHERS = 20
MOST_SUGGESTED = 10
_numbered = re.compile(r".* #(\d{1,18})", re.DOTALL)


class UnknownCompany(ValidationError):
    """No company is called so; `offered` is the name under which one can be made, "" where none can."""

    def __init__(self, message: str, *, offered: str) -> None:
        super().__init__(message)
        self.offered = offered


def called(name: str) -> CompanyQuerySet:
    """The companies in use that are meant by `name`: spelt so, else spelt so but for case, spaces and legal form."""
    if numbered := _numbered.fullmatch(name):
        return Company.objects.present().filter(pk=int(numbered[1]), name_key=name_key(name.rpartition(" #")[0]))
    exact = Company.objects.present().filter(name_key=name_key(name))
    return exact if exact.exists() else Company.objects.present().called(name)


def label_of(company: Company) -> str:
    """The name; with its number where another company bears the same one."""
    if not company.pk:
        return company.name
    namesakes = Company.objects.present().filter(name_key=company.name_key).exclude(pk=company.pk)
    return f"{company.name} #{company.pk}" if namesakes.exists() else company.name


def suggested(typed: str) -> CompanyQuerySet:
    """Up to MOST_SUGGESTED companies in use whose name holds what was typed, those that begin with it first."""
    key = "" if has_forbidden(typed) else name_key(typed[:LONGEST])
    if not key:
        return Company.objects.none()
    begins = Case(When(name_key__startswith=key, then=0), default=1)
    return Company.objects.present().filter(name_key__contains=key).order_by(begins, "name_key", "pk")[:MOST_SUGGESTED]


def named(companies: Iterable[Company]) -> Mapping[str, Company]:
    """Each by its name and its label; of namesakes the first."""
    names: dict[str, Company] = {}
    for company in companies:
        names.setdefault(company.name, company)
        names.setdefault(label_of(company), company)
    return names


def company_called(name: str, current: Mapping[str, Company], wanted: Collection[str] | None = None) -> Company:
    """The one company meant; one of `current` stays even if it was deleted since. ValidationError where it is unclear.

    `wanted`: the names of which a new company is made where there is none: it comes back unsaved. None: none can be.
    """
    refuse_unstorable(name)
    if len(name) > LONGEST:
        raise ValidationError(_("This name is too long."))
    if name in current:
        return current[name]
    found = list(called(name)[:2])
    if len(found) > 1:
        text = _("Several companies are called “%(name)s”. Choose one from the list.")
        raise ValidationError(text % {"name": _short(name)})
    if found:
        return found[0]
    if wanted is None:
        text = _("There is no company called “%(name)s”. Choose one from the list, or create it first.")
        raise ValidationError(text % {"name": _short(name)})
    return _new_company(name, wanted)


def _new_company(name: str, wanted: Collection[str]) -> Company:
    """A company to be made, unsaved; where nobody has asked for it yet, a ValidationError that offers it."""
    company = Company()
    company.rename(clean_name(name))
    if len(company.name) > LONGEST_NEW:
        raise ValidationError(_("This name is too long."))
    if name in wanted and company.name:
        return company
    if deleted := Company.objects.deleted().called(name).first():
        told: str = name_taken(deleted)
    else:
        text = _("There is no company called “%(name)s”. Choose one from the list, or create it below.")
        told = text % {"name": _short(name)}
    raise UnknownCompany(told, offered=name if company.name else "")


def _short(name: str) -> str:
    return name if len(name) <= 60 else name[:60] + "…"


class CompanyInput(forms.TextInput):
    """A text line that suggests companies while one types."""

    template_name = "contacts/widgets/company.html"


class CompanyField(forms.Field):
    """Cleans to a company, or None. `current` holds the one that stands, `wanted` the names of new ones."""

    widget = CompanyInput(attrs={"maxlength": LONGEST})
    current: list[Company]
    wanted: Collection[str] | None = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.current = []

    def prepare_value(self, value: Any) -> Any:
        return label_of(value) if isinstance(value, Company) else value

    def clean(self, value: Any) -> Company | None:
        name = (value or "").strip()
        return company_called(name, named(self.current), self.wanted) if name else None


class CompaniesInput(forms.Widget):
    """A line a company."""

    template_name = "contacts/widgets/companies.html"
    use_fieldset = True

    def id_for_label(self, id_: str, index: Any = None) -> str:
        return f"{id_}_0" if id_ else id_

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        typed = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [text.strip() for text in typed if text.strip()]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        lines = value if isinstance(value, list) else (value or "").splitlines()
        context["widget"] |= {"lines": lines, "spare": len(lines), "longest": LONGEST}
        return context


class CompaniesField(forms.Field):
    """Cleans to further companies, each once, in the order typed. `current`: those that stand, which are never too many."""

    widget = CompaniesInput
    current: list[Company]
    wanted: Collection[str] | None = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.current = []

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return "\n".join(label_of(company) for company in value)
        return value

    def clean(self, value: list[str] | None) -> tuple[Company, ...]:
        names, current = value or [], named(self.current)
        if len(names) > MOST_OTHERS and not {*names} <= current.keys():
            raise ValidationError(_("At most %(count)s further companies.") % {"count": MOST_OTHERS})
        found = [company_called(name, current, self.wanted) for name in names]
        return tuple({company.pk or company.name_key: company for company in found}.values())
