"""What is asked before something is done to many contacts."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.models import Company
from contacts.forms.companies import CompanyField
from contacts.forms.tags import TagsField
from helpdesk.ui.forms import Form

MOST_UNTYPED = 100
_not_digits = re.compile(r"[^0-9]+")


class ConfirmForm(Form):
    """Above MOST_UNTYPED contacts their number is typed, so that nobody does it to all of them by mistake."""

    marks_optional = False

    def __init__(self, *args: Any, count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = count
        if count > MOST_UNTYPED:
            attrs = {"inputmode": "numeric", "autocomplete": "off"}
            label = _("Type the number %(count)s to confirm") % {"count": f"{count:,}"}
            self.fields["typed"] = forms.CharField(label=label, max_length=40, widget=forms.TextInput(attrs=attrs))

    def clean_typed(self) -> str:
        typed = unicodedata.normalize("NFKC", self.cleaned_data["typed"])
        if _not_digits.sub("", typed) != str(self.count):
            raise ValidationError(_("This is not the number of contacts."))
        return typed

    @property
    def params(self) -> dict[str, Any]:
        """What the job is told."""
        return {}


class ChangeTagsForm(ConfirmForm):
    how = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        choices=[("add", gettext_lazy("Add tags")), ("remove", gettext_lazy("Remove tags"))],
        widget=forms.RadioSelect,
        initial="add",
    )
    tags = TagsField()

    @property
    def removes(self) -> bool:
        return bool(self.cleaned_data["how"] == "remove")

    @property
    def names(self) -> tuple[str, ...]:
        names: tuple[str, ...] = self.cleaned_data["tags"]
        return names

    @property
    def params(self) -> dict[str, Any]:
        return {"tags": list(self.names)}


class SetCompanyForm(ConfirmForm):
    company = CompanyField(label=gettext_lazy("Company"), required=False)
    none = forms.BooleanField(label=gettext_lazy("No company"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "company" in cleaned and bool(cleaned["company"]) == bool(cleaned.get("none")):
            self.add_error("company", _("Choose a company, or tick “No company”."))
        return cleaned

    @property
    def chosen(self) -> Company | None:
        company: Company | None = self.cleaned_data["company"]
        return company

    @property
    def params(self) -> dict[str, Any]:
        company = self.chosen
        return {"company": company.pk if company else None, "name": company.name if company else ""}
