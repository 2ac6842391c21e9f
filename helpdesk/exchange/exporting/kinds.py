"""Exports as a kind of job. They take no slot: two people's exports never wait for each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from helpdesk.exchange import letters, store
from helpdesk.exchange.exporting import assembling
from helpdesk.exchange.exporting.downloading import download, panel
from helpdesk.exchange.exporting.questions import Question, described
from helpdesk.exchange.models import JobFile
from helpdesk.exchange.sheets import Sheet, Words
from helpdesk.exchange.writing import parts
from helpdesk.jobs import blocks
from helpdesk.jobs.kinds import Beat, Done, JobError, JobKind, Row
from helpdesk.jobs.models import Job
from helpdesk.jobs.states import State
from helpdesk.workers.faultpoints import faultpoint

OUTCOMES: Mapping[str, Words] = {
    "done": gettext_lazy("Exported"),
    "skipped": gettext_lazy("Deleted in the meantime"),
    "failed": gettext_lazy("Failed"),
}
NOT_ALLOWED = gettext_noop("Whoever asked for this export may no longer export. The file was not made.")


def export_kind(sheet: Sheet) -> JobKind:
    """To be registered by the app."""
    return JobKind(
        name=sheet.export_kind,
        label=sheet.words["export"],
        permission=sheet.export_permission,
        target=sheet.target,
        batch=sheet.exporter.batch,
        take=blocks.take,
        prepare=prepare,
        work=work,
        finish=finish,
        ended=ended,
        outcomes=OUTCOMES,
        action=f"job.export_{sheet.name}",
        describe=described,
        summary=summary,
        panel=panel,
        download=download,
        has_source=_nothing_is_kept,
        written=("query", "reason"),
        forget=forget,
    )


def prepare(job: Job, beat: Beat) -> None:
    """Whoever asked must still be allowed to; and what earlier chunks wrote must be there, unless it is one file by now."""
    _check_owner(job)
    if store.find(job, JobFile.Role.RESULT) is None:
        assembling.check_parts(job, job.cursor or 0)


def work(job: Job, rows: Sequence[Row]) -> Done:
    """One part of the file. What is gone by now, or deleted, is left out and counted."""
    question = Question.of(job)
    ids = [row.target_id for row in rows if row.target_id is not None]
    with question.spoken():
        exporter = question.known_sheet.exporter
        texts = exporter.rows(ids, [field.name for field in question.columns], question.is_deleted)
    assembling.write_part(job, question, texts, first=rows[0].number, last=rows[-1].number)
    return Done(+Counter(done=len(texts), skipped=len(rows) - len(texts)))


def finish(job: Job, beat: Beat) -> None:
    """All parts as one file; begun again, it finds that done."""
    _check_owner(job)
    if store.find(job, JobFile.Role.RESULT) is None:
        assembling.assemble(job, Question.of(job), beat)
    faultpoint("exports.assembled")


def ended(job: Job) -> None:
    """The letter with the link, once; of the parts nothing is left over."""
    if job.state == State.DONE:
        letters.post_ready(job)
    elif job.state == State.FAILED:
        letters.post_failed(job)
    if "folder" in job.params:
        with suppress(OSError):
            transaction.on_commit(partial(parts.remove, store.folder(job)), robust=True)


def forget(job: Job) -> None:
    """Its files go, and the words it was asked for with: they may name somebody."""
    store.drop(job)
    job.params.update(query=None, reason="", losses=None)
    Job.objects.filter(pk=job.pk).update(params=job.params)


def summary(job: Job) -> str:
    """ "1,204 rows were exported; 3 were deleted in the meantime." """
    if job.state != State.DONE:
        return ""
    done, skipped = job.totals.get("done", 0), job.totals.get("skipped", 0)
    said = ngettext("%(number)s row was exported", "%(number)s rows were exported", done) % {"number": f"{done:,}"}
    left = _("; %(number)s deleted in the meantime, left out") % {"number": f"{skipped:,}"} if skipped else ""
    return f"{said}{left}."


def _check_owner(job: Job) -> None:
    by, kind = job.by, job.known_kind
    if kind is None or not by.may(kind.permission):
        raise JobError(NOT_ALLOWED)


def _nothing_is_kept(job: Job) -> bool:
    """An export that was stopped is run again, not gone on with."""
    return False
