"""Kinds of jobs: each app registers its own in `ready()`; the engine and `/jobs/` know no contact, no file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.users.roles import Permission

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from helpdesk.jobs.models import Job, JobRow
    from helpdesk.users.models import User

Words = str | Promise

OUTCOMES: dict[str, Words] = {"done": _("Done"), "skipped": _("Skipped"), "failed": _("Failed")}
"""What the counters are called, in the order they are shown."""


class Row(NamedTuple):
    """One thing to do. `number` counts from 1 without gaps, `cursor` (JSON) is where to go on after it."""

    number: int
    cursor: Any
    target_id: int | None = None
    data: Any = None


@dataclass
class Done:
    """What became of the rows given: outcome → how many, adding up to them; `rest` seconds until the next chunk.

    `is_part`: of the first of them only, at least one, as all would have taken too long; the others come again.
    """

    counts: Counter[str] = field(default_factory=Counter)
    rest: float = 0.0
    is_part: bool = False


class RowError(Exception):
    """This row cannot be done, for the reason given (a marked msgid, and what is put into it)."""

    def __init__(self, text: str, **params: Any) -> None:
        super().__init__(text)
        self.problem = {"text": text, "params": params}


class JobError(Exception):
    """The whole job cannot go on: it ends as failed, with all rows before this chunk kept."""

    def __init__(self, text: str, **params: Any) -> None:
        super().__init__(text)
        self.problem = {"text": text, "params": params}


class PauseJob(JobError):
    """The job should stop until somebody says "Go on"; nothing of this chunk is kept."""


class WaitJob(Exception):
    """Nothing to do for so many seconds (a throttle); nothing of this chunk is kept."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


Take = Callable[["Job", int], Sequence[Row]]
"""The next rows after `job.cursor`, at most so many; none when all are done."""

Work = Callable[["Job", Sequence[Row]], Done]
"""Do these rows (consecutive numbers) and write their `JobRow`s, inside the caller's transaction."""

Undo = Callable[["Job", Sequence["JobRow"]], Done]
"""Take back these rows (numbers descending) and write each one's `undo_outcome`."""

Beat = Callable[[], None]
"""Called about once a second by work outside of transactions: keeps the lease; raises when the job is not ours any more."""

Aside = Callable[["Job", Beat], None]
"""Work outside of any transaction, which may be begun again at any time: everything it makes, it makes whole or not at all."""


@dataclass(frozen=True)
class Panel:
    """A card of the kind's own on the job's page: `template`, shown with `context` as `panel`."""

    template: str
    context: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """What one kind of job does. Only `name`, `label`, `permission` and `work` are needed; docs/jobs.md tells the rest."""

    name: str
    label: Words
    permission: Permission
    work: Work
    target: str = ""
    slot: str = ""
    batch: int = 1000
    take: Take | None = None
    prepare: Aside | None = None
    finish: Aside | None = None
    review: Work | None = None
    undo: Undo | None = None
    ended: Callable[[Job], None] | None = None
    outcomes: Mapping[str, Words] = field(default_factory=lambda: OUTCOMES)
    action: str = "job.start"
    describe: Callable[[Job], str] | None = None
    summary: Callable[[Job], str] | None = None
    names: Callable[[Sequence[int]], Mapping[int, str]] | None = None
    titles: Callable[[Job, Sequence[int]], Mapping[int, str]] | None = None
    """What rows of these numbers are about, where they have no target or it is gone."""
    download: Callable[[HttpRequest, Job], HttpResponseBase] | None = None
    fields: Callable[[], Mapping[str, Words]] | None = None
    """What the fields in `JobRow.before` ({"name": [old, new]}) are called."""
    top: str = ""
    """A template above everything else on the job's page, shown with `job`."""
    panel: Callable[[Job, User], Panel | None] | None = None
    unfinished: Callable[[Job], str] | None = None
    """Where the owner of a draft or of a reviewed job goes on with it; "" for nowhere."""
    has_source: Callable[[Job], bool] | None = None
    """Whether a job that was stopped still has what it would go on with; as long as it is there, where unsaid."""
    undo_words: Callable[[Job], str] | None = None
    """What undoing it would do, in a sentence or two."""
    written: Collection[str] = ()
    """The params that hold what people wrote; nothing else of them may name somebody who is deleted forever."""
    forget: Callable[[Job], None] | None = None
    """Somebody of this job's rows or selection is deleted forever: delete its files, whole."""


KINDS: dict[str, JobKind] = {}


def register(kind: JobKind) -> JobKind:
    KINDS[kind.name] = kind
    return kind
