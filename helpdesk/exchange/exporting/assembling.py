"""A chunk's rows as a part, and all parts as one file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import IO

from django.utils import timezone
from django.utils.translation import gettext_noop

from helpdesk.exchange import store
from helpdesk.exchange.cells import BETWEEN
from helpdesk.exchange.exporting.questions import CP949, XLSX, Question
from helpdesk.exchange.models import JobFile
from helpdesk.exchange.writing import parts, text, workbook
from helpdesk.exchange.writing.parts import DiskFullError, MissingPartError, Part
from helpdesk.jobs import blocks, claims
from helpdesk.jobs.beats import ticking, ticking_during
from helpdesk.jobs.kinds import Beat, JobError
from helpdesk.jobs.models import Job
from helpdesk.ui.house import house

LOOKED_AT = 500
"""Rows by which the widths of columns are chosen."""

DISK_FULL = gettext_noop(
    "The disk of the helpdesk is full, so the file could not be written. Nothing else was changed."
)
NOT_WRITTEN = gettext_noop("The file could not be written (%(kind)s). Nothing else was changed.")
PARTS_GONE = gettext_noop("What was written so far is not kept any more. Run the export again.")


def write_part(job: Job, question: Question, rows: Sequence[str], *, first: int, last: int) -> None:
    """Rows `first` to `last` of the selection; JobError where they cannot be written."""
    data = workbook.rows_xml(rows) if question.format == XLSX else text.lines(rows)
    try:
        parts.write(store.folder(job), data.encode(), first=first, last=last, epoch=job.epoch)
    except (DiskFullError, OSError) as error:
        raise _explained(error) from error


def check_parts(job: Job, last: int) -> None:
    """JobError where a part of rows 1 to `last` is gone."""
    _chain(job, last)


def assemble(job: Job, question: Question, beat: Beat) -> JobFile:
    """Put the parts together as the job's result, which from then on is offered; JobError where that cannot be done."""
    chain = _chain(job, job.total or 0)
    try:
        out = store.place(job, JobFile.Role.RESULT)
        with parts.removing(out), out.open("xb") as file:
            _write(file, job, question, chain, beat)
            file.flush()
            ticking_during(partial(os.fsync, file.fileno()), beat)
            sha256 = store.sha256_of(out, beat)
            beat()  # it is still ours
        until = timezone.now() + timedelta(days=house().export_days)
        return store.keep(job, JobFile.Role.RESULT, question.file_name(), out, sha256=sha256, until=until)
    except (DiskFullError, OSError) as error:
        raise _explained(error) from error


def _write(file: IO[bytes], job: Job, question: Question, chain: Sequence[Part], beat: Beat) -> None:
    with question.spoken():
        titles = [str(field.label) for field in question.columns]
    blocks = ticking((part.path.read_bytes() for part in chain), beat)
    if question.format == XLSX:
        with question.spoken():
            name = str(question.known_sheet.label)
        workbook.write(file, name, _columns(job, question, titles), blocks, size=sum(part.size for part in chain))
        return
    header = text.lines([BETWEEN.join(titles)])
    if question.format == CP949:
        losses = text.Losses()
        file.writelines(text.in_cp949((block.decode() for block in _before(header.encode(), blocks)), losses))
        _note_losses(job, losses)
    else:
        file.write(text.BOM)
        file.writelines(_before(header.encode(), blocks))


def _columns(job: Job, question: Question, titles: Sequence[str]) -> list[workbook.Column]:
    """As wide as the first rows need them."""
    ids = blocks.first(job, LOOKED_AT)
    with question.spoken():
        rows = question.known_sheet.exporter.rows(ids, [field.name for field in question.columns], question.is_deleted)
    columns = zip(*(row.split(BETWEEN) for row in rows), strict=True)
    longest = [max(workbook.width_of(cell) for cell in column) for column in columns]
    return [workbook.Column(title, width) for title, width in zip(titles, longest or [0] * len(titles), strict=True)]


def _note_losses(job: Job, losses: text.Losses) -> None:
    """What CP949 could not hold stands with the job, for its page."""
    claims.note(job, losses=losses.as_json() if losses.characters else None)


def _chain(job: Job, last: int) -> list[Part]:
    try:
        return parts.found(store.folder(job), last)
    except MissingPartError as error:
        raise JobError(PARTS_GONE) from error
    except OSError as error:
        raise _explained(error) from error


def _before(first: bytes, blocks: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from blocks


def _explained(error: Exception) -> JobError:
    return JobError(DISK_FULL) if isinstance(error, DiskFullError) else JobError(NOT_WRITTEN, kind=type(error).__name__)
