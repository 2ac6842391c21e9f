"""What people may type about a company."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.actions import Draft, facts
from companies.domains import DomainError, display_domain, domain_key
from companies.models import Company
from companies.queries import domains_by_owner
from helpdesk.ui.forms import Form, LineField, NameField

MOST_DOMAINS = 50
_between = re.compile(r"[\s,;]+")


class DomainsField(forms.CharField):
    """Email domains, one a line (commas and spaces part them too); cleaned to keys, each once, in the order typed."""

    widget = forms.Textarea(attrs={"rows": 3, "autocapitalize": "off", "autocorrect": "off", "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(display_domain, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> tuple[str, ...]:
        typed = [part for part in _between.split(super().clean(value)) if part]
        if len(typed) > MOST_DOMAINS:
            raise ValidationError(_("A company can have at most %(count)s email domains.") % {"count": MOST_DOMAINS})
        return _keys(dict.fromkeys(typed))


class CompanyForm(Form):
    """A new company, or the changes to `company`."""

    name = NameField()
    anyway = forms.BooleanField(label=gettext_lazy("Save it anyway"), required=False)
    domains = DomainsField(
        label=gettext_lazy("Email domains"),
        required=False,
        max_length=5000,
        help_text=gettext_lazy(
            "One per line, such as acme.com. New contacts with such an address are linked to this company."
        ),
    )
    phone = LineField(label=gettext_lazy("Phone"), max_length=60, required=False)
    address = LineField(label=gettext_lazy("Address"), max_length=500, required=False)
    notes = forms.CharField(
        label=gettext_lazy("Notes"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, company: Company | None = None, **kwargs: Any) -> None:
        self.company = company
        self.namesake: Company | None = None
        super().__init__(*args, initial=saved(company) if company else None, **kwargs)
        if company is None:
            self.fields["anyway"].label = gettext_lazy("Create it anyway")

    def clean_domains(self) -> tuple[str, ...]:
        keys: tuple[str, ...] = self.cleaned_data["domains"]
        owners = domains_by_owner(keys)
        taken = [(key, owners[key]) for key in keys if key in owners and owners[key] != self.company]
        if taken:
            raise ValidationError([domain_taken(key, owner) for key, owner in taken])
        return keys

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.namesake = self._namesake(cleaned.get("name", ""))
        if self.namesake and not cleaned.get("anyway"):
            self.add_error("name", name_taken(self.namesake))
        return cleaned

    def draft(self) -> Draft:
        return Draft(**{name: value for name, value in self.cleaned_data.items() if name != "anyway"})

    def _namesake(self, name: str) -> Company | None:
        """Another company of this name, unless the name stays what it was."""
        others = Company.objects.called(name) if name else Company.objects.none()
        if self.company is None:
            return others.first()
        unchanged = others.filter(pk=self.company.pk).exists()
        return None if unchanged else others.first()


def saved(company: Company) -> dict[str, Any]:
    """The form's fields as they stand in the database."""
    return {**facts(company), "domains": tuple(domain.domain for domain in company.domains.all())}


def domain_taken(key: str, owner: Company) -> SafeString:
    """Why `owner`'s domain cannot be had, with a link to it."""
    if owner.deleted_at:
        text = _(
            "“{domain}” belongs to the deleted company {company}, which keeps its domains. Restore it to change them."
        )
    else:
        text = _("“{domain}” already belongs to the company {company}.")
    return format_html(text, domain=display_domain(key), company=_link(owner))


def name_taken(namesake: Company) -> SafeString:
    """That `namesake` bears the name already, with a link to it."""
    text = (
        _("A deleted company with this name exists: {company}.")
        if namesake.deleted_at
        else _("A company with this name exists: {company}.")
    )
    return format_html(text, company=_link(namesake))


def _link(company: Company) -> SafeString:
    return format_html('<a href="{}">{}</a>', company.get_absolute_url(), company.name)


def _keys(typed: Sequence[str] | dict[str, None]) -> tuple[str, ...]:
    """The keys of all, or every refusal with its reason."""
    keys, refused = [], []
    for text in typed:
        try:
            keys.append(domain_key(text))
        except DomainError as error:
            refused.append(_("“%(domain)s”: %(reason)s") % {"domain": text[:100], "reason": error.message})
    if refused:
        raise ValidationError(refused)
    return tuple(dict.fromkeys(keys))
