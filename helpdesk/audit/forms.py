"""What a reader of the log may ask for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from helpdesk.audit.queries import EVERYTHING, Search
from helpdesk.audit.wording import GROUPS, TARGETS, Words
from helpdesk.ui.forms import Form

DAYS = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2100, 1, 1))]


def _day(label: Any) -> forms.DateField:
    picker = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=False, validators=DAYS, widget=picker)


class SearchForm(Form):
    """Every field narrows the list; none is required."""

    marks_optional = False

    who = forms.CharField(label=_("Who"), required=False, max_length=200)
    group = forms.ChoiceField(label=_("What was done"), required=False)
    kind = forms.ChoiceField(label=_("Kind of record"), required=False)
    about = forms.CharField(label=_("Name of the record"), required=False, max_length=200)
    first_day = _day(_("Since"))
    last_day = _day(_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wholes = [("", _("No views, searches or downloads")), (EVERYTHING, _("Everything"))]
        self.fields["group"].choices = [*wholes, *_sorted(GROUPS)]  # type: ignore[attr-defined]
        nouns = {kind: words.noun for kind, words in TARGETS.items()}
        self.fields["kind"].choices = [("", _("All kinds")), *_sorted(nouns)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and first > last:
            self.add_error("last_day", _("“Until” is before “Since”: choose a later day."))
        return cleaned

    def search(self) -> Search:
        """What was asked for; fields that could not be read narrow nothing."""
        if not self.is_bound:
            return Search()
        self.full_clean()
        return Search(**self.cleaned_data)


def _sorted(words: dict[str, Words]) -> list[tuple[str, str]]:
    return sorted(((key, str(label)) for key, label in words.items()), key=lambda choice: choice[1])
