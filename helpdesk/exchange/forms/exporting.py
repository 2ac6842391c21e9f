"""What is chosen before an export."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.exchange.exporting.questions import CSV, FORMATS, XLSX
from helpdesk.exchange.sheets import Sheet
from helpdesk.exchange.writing.workbook import MOST_ROWS
from helpdesk.ui.forms import Form


class ExportForm(Form):
    """Which columns, in which format and, where the helpdesk asks for it, what for."""

    marks_optional = False

    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Fields"),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={"required": gettext_lazy("Choose at least one field.")},
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=list(FORMATS.items()),
        widget=forms.RadioSelect,
        initial=CSV,
        help_text=gettext_lazy(
            "CSV (CP949) is for programs that know no UTF-8; characters it does not have, such as emoji, become “?”."
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason for download"),
        max_length=500,
        help_text=gettext_lazy("The audit log keeps it."),
    )

    def __init__(self, *args: Any, sheet: Sheet, count: int, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._count = count
        exported = [field for field in sheet.fields() if field.is_exported]
        columns = self.fields["columns"]
        columns.choices = [(field.name, field.label) for field in exported]  # type: ignore[attr-defined]
        columns.initial = [field.name for field in exported if field.is_preset]
        if not needs_reason:
            del self.fields["reason"]

    def clean_format(self) -> str:
        chosen: str = self.cleaned_data["format"]
        if chosen == XLSX and self._count > MOST_ROWS:
            raise ValidationError(
                _("An Excel workbook holds %(most)s rows. Choose CSV, or export fewer.") % {"most": f"{MOST_ROWS:,}"}
            )
        return chosen

    def clean_reason(self) -> str:
        return " ".join(self.cleaned_data["reason"].split())

    @property
    def reason_given(self) -> str:
        return str(self.cleaned_data.get("reason", ""))
