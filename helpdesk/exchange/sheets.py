"""What a record looks like as a row of a spreadsheet, and who does such rows: each app describes its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from helpdesk.audit.wording import TARGETS, TargetWords
from helpdesk.jobs.kinds import Undo, Work
from helpdesk.users.roles import Permission

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import QueryDict

    from helpdesk.exchange.reading.records import Record
    from helpdesk.jobs.models import Job
    from helpdesk.users.models import User

Words = str | Promise


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column. `label` heads it in files we write and is recognised, with `headers`, in files we read (both languages).

    `fits(values)`: whether a header of `doubtful` means this field, judged by sample values ("연락처" of mobile numbers).
    `is_several`: values separated by ";", and several columns may be mapped on it.
    """

    name: str
    label: Words
    headers: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    fits: Callable[[Sequence[str]], bool] | None = None
    help: Words = ""
    example: Words = ""
    longest: int = 0
    is_several: bool = False
    is_identifier: bool = False
    is_imported: bool = True
    is_exported: bool = True
    is_preset: bool = True
    """Ticked at first in the choice of fields of an export."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A tick of the import. `needs`: shown only where one of these fields is mapped; () always."""

    name: str
    label: Words
    help: Words = ""
    default: bool = False
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """Whom an export is about: `things` in the order of the list, `words` to say so ("Unverified contacts, search “kim”").

    `is_deleted`: it is about deleted ones; else what is deleted before its row is written is left out.
    """

    things: QuerySet[Any]
    words: str
    is_deleted: bool = False


@dataclass(frozen=True, kw_only=True)
class Importer:
    """Does rows whose `data` is what `reader(job)` makes of their records; see docs/exchange.md for what it writes.

    `reader` may ask the database, what it answers may not: it reads the next rows in a thread while `work` and `review` write
    these, as soon as they call `ahead.go_on()`. `ended`: what else follows, in the transaction that ends the job.
    """

    reader: Callable[[Job], Callable[[Record], Any]]
    review: Work
    work: Work
    undo: Undo
    batch: int = 5000
    ended: Callable[[Job], None] | None = None


@dataclass(frozen=True, kw_only=True)
class Exporter:
    """`rows(ids, fields, is_deleted)`: a row for each of the ids that is still there, in their order; one text each, its
    cells parted by `cells.BETWEEN`.

    `asked(query, user)`: what the list's own query string shows to `user` (None: all there is), or those ticked in it.
    `words(query)`: only the sentence for it, in the reader's language. `counted(1204)`: "1,204 contacts". `views`: what that
    query string may say for `view`; everything else shows all.
    """

    rows: Callable[[Sequence[int], Sequence[str], bool], Sequence[str]]
    asked: Callable[[QueryDict, User | None], Asked]
    words: Callable[[QueryDict], str]
    counted: Callable[[int], str]
    views: Collection[str] = ()
    batch: int = 10_000


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Everything about rows of one record type. `name` is also the namespace of its addresses (`contacts:import`)."""

    name: str
    label: Words
    target: str
    import_permission: Permission
    export_permission: Permission
    fields: Callable[[], Sequence[Field]]
    exporter: Exporter
    importer: Importer | None = None
    choices: Sequence[Choice] = ()
    names: Callable[[Sequence[int]], Mapping[int, str]] | None = None
    imported: Callable[[int], str] | None = None
    """For so many created and updated: "%(count)s contacts were imported (%(created)s created, …", see `wording`."""
    words: Mapping[str, Words] = field(default_factory=dict)
    """Sentences that name the records: "import" ("Import contacts"), "export", "file" (name of an export), "list" ("Go to
    contacts")."""

    @property
    def noun(self) -> Words:
        """One record, as the log calls it: "Company"."""
        return TARGETS.get(self.target, TargetWords(self.label)).noun

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields() if one.name == name), None)

    @property
    def import_kind(self) -> str:
        return f"{self.name}.import"

    @property
    def export_kind(self) -> str:
        return f"{self.name}.export"


SHEETS: dict[str, Sheet] = {}


def register(sheet: Sheet) -> Sheet:
    SHEETS[sheet.name] = sheet
    return sheet
