"""What the pages of an import ask: which are not begun yet, what is in the way, what a row of the file said."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.db.models import Q
from django.utils.safestring import SafeString

from helpdesk.exchange import store
from helpdesk.exchange.cells import restored
from helpdesk.exchange.models import HeaderMap, JobFile
from helpdesk.exchange.reading.limits import MAX_SHOWN
from helpdesk.exchange.sheets import Sheet
from helpdesk.jobs.models import Job, JobQuerySet
from helpdesk.jobs.progress import LEAST_SECONDS, Progress, progress_of
from helpdesk.jobs.queries import Line, lines_of
from helpdesk.jobs.states import HOLDING, State
from helpdesk.ui.paging import Cursor, Page
from helpdesk.ui.templatetags.ui import badge
from helpdesk.users.models import User
from helpdesk.users.roles import Permission

BEGUN = "begun"
"""In `params` of an import that somebody has let begin: from then on it belongs to the history."""
TRIED = "tried"
"""In `params`: when (seconds since 1970) the review began."""
NOT_BEGUN = (State.DRAFT, State.REVIEWING, State.REVIEWED, State.FAILED, State.CANCELLED)
BADGES = {"created": "success", "updated": "info", "failed": "danger"}
MOST_SHOWN = 6
"""Cells of a row that are read at a glance; the others are folded behind them."""


@dataclass(frozen=True)
class Running:
    """The import that others of its record type wait for; `waiting` of them do."""

    job: Job
    progress: Progress
    waiting: int
    may_see: bool


@dataclass(frozen=True)
class Cell:
    label: str
    text: str


@dataclass(frozen=True)
class Shown:
    """A row of the review: what would become of it (`line`), and what the file says in it, as far as it is imported.

    Beside the `title` its first `cells`, and the `more` of them that are folded.
    """

    line: Line
    title: str
    cells: Sequence[Cell]
    more: Sequence[Cell]

    @property
    def badge(self) -> SafeString:
        return badge(BADGES.get(self.line.outcome, "muted"), self.line.label)


def unfinished(kinds: Sequence[str]) -> JobQuerySet:
    """Imports that nobody has let begin."""
    return Job.objects.filter(kind__in=kinds, resumed_at=None, state__in=NOT_BEGUN).exclude(params__has_key=BEGUN)


def is_unfinished(job: Job) -> bool:
    return job.resumed_at is None and job.state in NOT_BEGUN and not job.params.get(BEGUN)


def unfinished_of(sheet: Sheet, user: User) -> list[Job]:
    """Those of `user` that can be taken up again, the newest first; a day's worth."""
    mine = unfinished([sheet.import_kind]).filter(owner=user).exclude(state=State.CANCELLED)
    return list(mine.order_by("-pk")[:10])


def running(sheet: Sheet, user: User) -> Running | None:
    """What an import of this record type would wait for now; None where it would begin at once."""
    of_slot = Job.objects.filter(slot=f"import:{sheet.name}")
    job = of_slot.filter(Q(state__in=HOLDING) | Q(state=State.PAUSED)).order_by("pk").first()
    queued = of_slot.filter(state=State.QUEUED).order_by("pk")
    waiting = queued.count()
    if job is None and waiting:
        job, waiting = queued.first(), waiting - 1
    if job is None:
        return None
    may_see = job.owner_id == user.pk or user.may(Permission.JOBS_SEE_ALL)
    return Running(job, progress_of(job), waiting, may_see)


def review_progress(job: Job) -> Progress:
    """How far the review is; the rate counts from when it was asked for, as the file was read in that time, too."""
    so_far, tried = progress_of(job), job.params.get(TRIED)
    seconds = time.time() - tried if tried else 0.0
    if seconds < LEAST_SECONDS or not so_far.done or not so_far.total:
        return so_far
    rate = so_far.done / seconds
    return replace(so_far, rate=rate, left=timedelta(seconds=(so_far.total - so_far.done) / rate))


def last_time(sheet: Sheet, key: str) -> HeaderMap | None:
    """How columns with these headers (`mapping.key_of_set`) were mapped before."""
    return HeaderMap.objects.filter(sheet=sheet.name, key=key).first()


def reviewed_rows(sheet: Sheet, job: Job, *, outcome: str, cursor: Cursor | None) -> Page:
    """A page of `Shown`, those with this predicted outcome only where it is one."""
    page = lines_of(job, outcome=outcome, cursor=cursor)
    cells = cells_of(job, [line.number for line in page.rows])
    labels = {field.name: str(field.label) for field in sheet.fields()}
    columns = job.params.get("columns", [])
    rows = [_shown(line, cells.get(line.number, []), columns, labels) for line in page.rows]
    return Page(rows, page.next, page.previous)


def _shown(line: Line, cells: Sequence[str], columns: Sequence[str], labels: Mapping[str, str]) -> Shown:
    """Cells in the order of the fields, so that the name comes first; where it is the title it is not said again."""
    order = list(labels)
    placed = sorted((order.index(name), number) for number, name in enumerate(columns) if name in labels)
    found = [
        Cell(labels[order[at]], cells[number]) for at, number in placed if number < len(cells) and cells[number].strip()
    ]
    title = line.name or (found[0].text if found else "")
    says_name = bool(found) and found[0].label == labels[order[0]] and found[0].text.strip() == title.strip()
    rest = found[1:] if says_name else found
    shown = MOST_SHOWN if len(rest) > MOST_SHOWN + 1 else len(rest)  # "+1 more" would take the place of the one
    return Shown(line, title, rest[:shown], rest[shown:])


def cells_of(job: Job, numbers: Sequence[int]) -> Mapping[int, list[str]]:
    """The cells of these rows of the file, to be shown: long ones cut, without what an export defused them by.

    {} where the file is gone.
    """
    file = store.find(job, JobFile.Role.RECORDS)
    path = store.path_of(file) if file else None
    found = find_records(path, numbers) if path and path.exists() else {}
    return {number: [restored(cell) for cell in cells] for number, cells in found.items()}


def find_records(path: Path, numbers: Sequence[int]) -> dict[int, list[str]]:
    """Rows of a record file by number, which grows from line to line: each is found by halving. Long cells are cut."""
    found: dict[int, list[str]] = {}
    with path.open("rb") as lines:
        size = lines.seek(0, 2)
        low = 0
        for number in sorted(numbers):
            low = _first_from(lines, number, low, size)
            lines.seek(low)
            if (record := _record(lines)) and record[0] == number:
                found[number] = [cell[:MAX_SHOWN] for cell in record[1]]
    return found


def _first_from(lines: BinaryIO, number: int, low: int, high: int) -> int:
    """Where the first line from `low` (a line's beginning) on begins that has this number or a higher one."""
    while low < high:
        middle = (low + high) // 2
        _line_at(lines, middle, low)
        record = _record(lines)
        if record is None or record[0] >= number:
            high = middle
        else:
            low = lines.tell()
    return low


def _line_at(lines: BinaryIO, place: int, start: int) -> None:
    """Go to the first line that begins at or after `place`; one is known to begin at `start`."""
    lines.seek(place - 1 if place > start else start)
    if place > start:
        lines.readline()


def _record(lines: BinaryIO) -> tuple[int, list[str]] | None:
    line = lines.readline()
    if not line:
        return None
    told: list[Any] = json.loads(line)
    return told[0], told[1]
