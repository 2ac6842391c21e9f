"""What is typed on the way to an import: a file, how it is read, what its columns mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from helpdesk.exchange import describing, mapping
from helpdesk.exchange.mapping import Match
from helpdesk.exchange.reading import Dialect, Sample, Sniffed
from helpdesk.exchange.reading.dialects import DELIMITERS, OFFERED
from helpdesk.exchange.sheets import Field, Sheet
from helpdesk.exchange.uploads import MOST_MEGABYTES
from helpdesk.ui.forms import Form

MOST_HEADER_ROWS = 50
TOO_LARGE = gettext_lazy("The file is larger than %(limit)s MB. Split it and import the parts one after the other.")
MOST_UNUSED = 12
ACCEPTED = ".csv,.tsv,.txt,.xlsx,.xlsm,.xls,text/csv"


class UploadForm(Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=400,
        widget=forms.FileInput(attrs={"accept": ACCEPTED, "class": "form-control"}),
        error_messages={
            "required": gettext_lazy("Choose a file first."),
            "missing": gettext_lazy("Choose a file first."),
            "invalid": gettext_lazy("Choose a file first."),
            "empty": gettext_lazy("The file is empty."),
            "max_length": gettext_lazy("The file's name is too long. Give it a shorter one and upload it again."),
        },
    )

    def __init__(self, *args: Any, is_too_large: bool = False, **kwargs: Any) -> None:
        """`is_too_large`: nothing was kept of the file, as the request says that it is over the limit."""
        super().__init__(*args, **kwargs)
        self.is_too_large = is_too_large

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.is_too_large:
            self.errors.pop("file", None)
            self.add_error("file", TOO_LARGE % {"limit": MOST_MEGABYTES})
        return cleaned

    @property
    def upload(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        return file


class DialectForm(Form):
    """How the file is read: of a CSV its encoding and what separates the columns, of a workbook the worksheet."""

    marks_optional = False
    encoding = forms.ChoiceField(label=gettext_lazy("Encoding"))
    delimiter = forms.ChoiceField(label=gettext_lazy("Columns are separated by"))
    worksheet = forms.ChoiceField(label=gettext_lazy("Worksheet"))
    header_row = forms.IntegerField(
        label=gettext_lazy("Column names are in row"),
        help_text=gettext_lazy("0 if the file has none."),
        min_value=0,
        max_value=MOST_HEADER_ROWS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, seen: Sniffed, data: Mapping[str, Any] | None = None) -> None:
        """`seen.dialect` is what is asked about, the rest what there is to choose from.

        `data` also tells which worksheet and row were shown when it was asked for; where it does not, it was `seen.dialect`.
        """
        shown = {f"initial-{name}": value for name, value in seen.dialect.as_json().items()}
        given = {**shown, **dict(data.items())} if data is not None and "header_row" in data else None
        super().__init__(given, initial=seen.dialect.as_json())
        self.kind = seen.dialect.kind
        is_text = self.kind == "csv"
        for name in ("worksheet",) if is_text else ("encoding", "delimiter"):
            del self.fields[name]
        for name, choices in _dialect_choices(seen).items():
            if name in self.fields:
                self.fields[name].choices = choices  # type: ignore[attr-defined]
        if not is_text and len(seen.worksheets) < 2:
            self.fields["worksheet"].widget = forms.HiddenInput()
        for name in ("worksheet", "header_row") if len(seen.worksheets) > 1 else ():
            self.fields[name].show_hidden_initial = True

    @property
    def dialect(self) -> Dialect:
        return Dialect.of({"kind": self.kind, **self.cleaned_data})

    @property
    def is_header_row_stale(self) -> bool:
        """Whether another worksheet than the one shown is asked for, and its column names where the former had them."""
        return self.is_valid() and "worksheet" in self.changed_data and "header_row" not in self.changed_data


def _dialect_choices(seen: Sniffed) -> dict[str, list[tuple[str, str]]]:
    encodings = list(dict.fromkeys([seen.dialect.encoding, *seen.encodings, *OFFERED]))
    hidden = _("hidden")
    return {
        "encoding": [(name, str(describing.ENCODINGS.get(name, name))) for name in encodings],
        "delimiter": [(sign, str(describing.DELIMITERS.get(sign, sign))) for sign in DELIMITERS],
        "worksheet": [(name, f"{name} ({hidden})" if is_hidden else name) for name, is_hidden in seen.worksheets],
    }


@dataclass(frozen=True)
class Column:
    """A column as the page shows it: its header, some of its cells, what it is mapped to and how that was found out."""

    name: str
    header: str
    values: Sequence[str]
    field: str
    how: str
    errors: Sequence[str]


class MapForm(Form):
    """A select for each column, a tick for each choice of the sheet. `matches` are what is preset."""

    marks_optional = False

    def __init__(
        self,
        sheet: Sheet,
        sample: Sample,
        matches: Sequence[Match],
        ticked: Mapping[str, bool],
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data)
        self.sheet, self.sample, self.matches = sheet, sample, matches
        self.sheet_fields: list[Field] = [field for field in sheet.fields() if field.is_imported]
        choices = [("", _("Do not import")), *((field.name, str(field.label)) for field in self.sheet_fields)]
        for number, header in enumerate(sample.headers):
            label = describing.headed(header)
            self.fields[f"column-{number}"] = forms.ChoiceField(label=label, required=False, choices=choices)
        for choice in sheet.choices:
            self.fields[f"choice-{choice.name}"] = forms.BooleanField(
                label=str(choice.label),
                help_text=str(choice.help),
                required=False,
                initial=ticked.get(choice.name, choice.default),
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        columns = [cleaned.get(f"column-{number}", "") for number in range(len(self.sample.headers))]
        labels = {field.name: str(field.label) for field in self.sheet_fields}
        for name, (first, *others) in mapping.doubled(columns, self.sheet_fields).items():
            for column in others:
                self.add_error(
                    f"column-{column}",
                    _("“%(field)s” takes one column, and “%(first)s” is mapped to it, too.")
                    % {"field": labels[name], "first": describing.headed(self.sample.headers[first])},
                )
        if not self.errors and mapping.lacks_identifier(columns, self.sheet_fields):
            names = ", ".join(labels[field.name] for field in self.sheet_fields if field.is_identifier)
            self.add_error(
                None,
                _("Map a column to one of these, so that each row can be found again: %(fields)s.") % {"fields": names},
            )
        return cleaned

    @property
    def columns(self) -> list[str]:
        """Field name of each column, "" for those left out; once it is valid."""
        return [self.cleaned_data[f"column-{number}"] for number in range(len(self.sample.headers))]

    @property
    def choices(self) -> dict[str, bool]:
        """Which ticks are set; those that mean nothing for these columns have their default."""
        columns = self.columns
        return {
            choice.name: bool(self.cleaned_data[f"choice-{choice.name}"])
            if mapping.applies(choice, columns)
            else choice.default
            for choice in self.sheet.choices
        }

    @cached_property
    def shown_columns(self) -> list[Column]:
        """In the order of the file."""
        return [self._shown(*numbered) for numbered in enumerate(zip(self.sample.headers, self.matches, strict=True))]

    @property
    def main_columns(self) -> list[Column]:
        """Those that stand in the open: all, unless too many of them are not imported."""
        return [column for column in self.shown_columns if column not in self.spare_columns]

    @cached_property
    def spare_columns(self) -> list[Column]:
        """Those that are folded away."""
        unused = [column for column in self.shown_columns if not column.field]
        return unused if len(unused) > MOST_UNUSED else []

    @property
    def is_remembered(self) -> bool:
        return any(match.how == "remembered" for match in self.matches)

    def _shown(self, number: int, column: tuple[str, Match]) -> Column:
        name, (header, match) = f"column-{number}", column
        field = str(self.data.get(name, "")) if self.is_bound else match.field
        values = self.sample.values[number][:3] if number < len(self.sample.values) else []
        how = match.how if field == match.field else ""
        return Column(
            name, describing.headed(header), values, field, how, [str(error) for error in self.errors.get(name, [])]
        )

    def shown_choices(self) -> Iterator[tuple[forms.BoundField, str, bool]]:
        """Each tick, the fields it needs ("" where it always applies), and whether it applies to what is shown now."""
        columns = [column.field for column in self.shown_columns]
        for choice in self.sheet.choices:
            yield self[f"choice-{choice.name}"], " ".join(choice.needs), mapping.applies(choice, columns)


class AnswersForm(Form):
    """Whether a company name of the file that is only spelt otherwise means the one that is there."""

    marks_optional = False

    def __init__(
        self, spellings: Iterable[Mapping[str, Any]], answers: Mapping[str, str], data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data)
        self.known = answers
        self.typed: dict[str, str] = {}
        for number, spelling in enumerate(sorted(spellings, key=lambda one: -one["rows"])):
            typed, found = spelling["typed"], spelling["found"]
            self.typed[f"answer-{number}"] = typed
            same = _("It is “%(name)s”") % {"name": found}
            self.fields[f"answer-{number}"] = forms.ChoiceField(
                label=ngettext("%(name)s (%(rows)s row)", "%(name)s (%(rows)s rows)", spelling["rows"])
                % {"name": typed, "rows": number_format(spelling["rows"], force_grouping=True)},
                choices=[("same", same), ("new", _("It is another company"))],
                widget=forms.RadioSelect,
                initial=answers.get(typed, "same"),
            )

    @property
    def answers(self) -> dict[str, str]:
        """As typed in the file → "same" or "new"; once it is valid."""
        return {typed: self.cleaned_data[name] for name, typed in self.typed.items()}

    @property
    def are_new(self) -> bool:
        """Whether the last review went by other ones; once it is valid."""
        return any(answer != self.known.get(typed, "same") for typed, answer in self.answers.items())
