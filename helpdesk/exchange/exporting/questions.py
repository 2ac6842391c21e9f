"""What was asked for, as it stands in the `params` of an export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.exchange.sheets import SHEETS, Field, Sheet, Words
from helpdesk.jobs.models import Job
from helpdesk.users.erasing import ERASED

CSV, CP949, XLSX = "csv", "cp949", "xlsx"
ENDINGS = {CSV: "csv", CP949: "csv", XLSX: "xlsx"}
FORMATS: Mapping[str, Words] = {
    CSV: gettext_lazy("CSV (UTF-8)"),
    CP949: gettext_lazy("CSV (CP949)"),
    XLSX: gettext_lazy("Excel (.xlsx)"),
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """`query`: the query string of the list it was asked from, None once that is forgotten. Header and moments are in
    `language` and `zone`.
    """

    sheet: str
    query: str | None
    fields: Sequence[str]
    format: str
    language: str
    zone: str
    is_deleted: bool = False
    reason: str = ""

    @classmethod
    def of(cls, job: Job) -> Question:
        told = {name: job.params[name] for name in cls.__dataclass_fields__}
        return cls(**{**told, "query": None if told["query"] == ERASED else told["query"]})

    def as_params(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @property
    def known_sheet(self) -> Sheet:
        return SHEETS[self.sheet]

    @property
    def columns(self) -> list[Field]:
        """Fields that do not exist any more are left out."""
        return [field for name in self.fields if (field := self.known_sheet.field(name))]

    @property
    def about(self) -> str:
        """Whom, in the reader's language; "" once that is forgotten."""
        return self.known_sheet.exporter.words(QueryDict(self.query)) if self.query is not None else ""

    @contextmanager
    def spoken(self) -> Iterator[None]:
        """In the language and the time zone of the file."""
        with translation.override(self.language), timezone.override(ZoneInfo(self.zone)):
            yield

    def file_name(self) -> str:
        """contacts-20261122-1505.csv, in the words of the file's language."""
        with self.spoken():
            moment = timezone.localtime().strftime("%Y%m%d-%H%M")
            return f"{self.known_sheet.words['file']}-{moment}.{ENDINGS[self.format]}"


def described(job: Job) -> str:
    """ "Unverified contacts, search “kim” · Excel (.xlsx)"."""
    question = Question.of(job)
    about = question.about or _("(erased)")
    return f"{about} · {FORMATS[question.format]}"
