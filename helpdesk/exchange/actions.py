"""What people do with an import before it runs: upload, say what the columns mean, have it reviewed, begin or give up."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from helpdesk.exchange import mapping, store
from helpdesk.exchange.models import HeaderMap, JobFile
from helpdesk.exchange.queries import BEGUN, TRIED, is_unfinished, unfinished
from helpdesk.exchange.reading import Dialect, Sniffed
from helpdesk.exchange.sheets import SHEETS, Sheet
from helpdesk.jobs import actions
from helpdesk.jobs.kinds import KINDS
from helpdesk.jobs.models import Job
from helpdesk.jobs.states import State
from helpdesk.users.actors import Actor

KEPT = timedelta(days=1)
MOST_ANSWERS = 1000


@dataclass(frozen=True)
class Upload:
    """A file that has been looked at and lies on the disk; nothing of it is in the database."""

    name: str
    file: store.Arrived
    sniffed: Sniffed


def take_in(name: str, parts: Iterable[bytes], sniffed: Sniffed) -> Upload:
    """The first half of uploading: writes the file, and belongs outside of transactions."""
    return Upload(name, store.arrive(parts), sniffed)


@transaction.atomic
def begin(sheet: Sheet, upload: Upload, *, by: Actor) -> Job:
    """A draft with the uploaded file."""
    sniffed, name = upload.sniffed, store.shown_name(upload.name)
    params = {"sheet": sheet.name, "file": name, "dialect": sniffed.dialect.as_json(), "seen": asdict(sniffed)}
    job = actions.draft(KINDS[sheet.import_kind], params=params, by=by)
    store.adopt(job, JobFile.Role.SOURCE, name, upload.file)
    return job


@transaction.atomic
def review(
    sheet: Sheet,
    job: Job,
    *,
    dialect: Dialect,
    headers: Sequence[str],
    columns: Sequence[str],
    choices: Mapping[str, bool],
    by: Actor,
) -> None:
    """Say how the file is read and what its columns (called `headers`) mean, remember that, and try all rows.

    NotPossibleError where it is tried right now, or has been imported; LostError where somebody is quicker.
    """
    told = {"dialect": dialect.as_json(), "columns": list(columns), "choices": dict(choices)}
    params = {**job.params, **told}
    if told["dialect"] != job.params.get("dialect"):
        _forget_reading(job, params)
    _try_again(job, params)
    remember(sheet, headers, columns, choices)
    actions.review(job, by=by)


@transaction.atomic
def answer(job: Job, answers: Mapping[str, str], *, by: Actor) -> None:
    """Keep what the reviewer said of names that differ only in spelling, and try all rows again. Raises as `review`."""
    kept = dict(list(answers.items())[:MOST_ANSWERS])
    _try_again(job, {**job.params, "answers": {**job.params.get("answers", {}), **kept}})
    actions.review(job, by=by)


@transaction.atomic
def start(job: Job, *, by: Actor) -> None:
    """Import, as reviewed: it queues by itself behind another import of its record type. Raises as `review`."""
    if job.state != State.REVIEWED:
        raise actions.NotPossibleError
    _change(job, {**job.params, BEGUN: True})
    actions.submit(job, by=by)


@transaction.atomic
def give_up(job: Job) -> None:
    """Forget an import that has not begun, with its file; a worker that tries it finds it gone. NotPossibleError where it has begun."""
    held = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if not is_unfinished(held):
        raise actions.NotPossibleError
    _delete(held)


def tidy() -> Counter[str]:
    """Forget imports that nobody began within a day, with their files."""
    kinds = [sheet.import_kind for sheet in SHEETS.values()]
    old = unfinished(kinds).exclude(state=State.REVIEWING).filter(created_at__lt=timezone.now() - KEPT)
    done = Counter[str]()
    for pk in list(old.values_list("pk", flat=True)):
        with transaction.atomic():
            job = old.select_for_update(no_key=True).filter(pk=pk).first()
            if job:
                _delete(job)
                done["jobs.Job"] += 1
    return done


def remember(sheet: Sheet, headers: Sequence[str], columns: Sequence[str], choices: Mapping[str, bool]) -> None:
    """So that the next file with these columns comes mapped."""
    told = {"columns": list(columns), "choices": dict(choices), "used_at": timezone.now()}
    HeaderMap.objects.update_or_create(sheet=sheet.name, key=mapping.key_of_set(headers), defaults=told)


def _try_again(job: Job, params: dict[str, Any]) -> None:
    """With these `params`; what the last review asked and counted, it may ask and count again."""
    kept = {name: value for name, value in params.items() if name not in ("spellings", "companies")}
    _change(job, kept | {TRIED: time.time()})


def _change(job: Job, params: dict[str, Any]) -> None:
    """Write `params` of a job that has not begun; its state is checked by what follows."""
    job.params = params
    Job.objects.filter(pk=job.pk, epoch=job.epoch, state=job.state).update(params=params)


def _forget_reading(job: Job, params: dict[str, Any]) -> None:
    """What was read of the file otherwise: the next review converts it anew."""
    params.pop("outline", None)
    params.pop("answers", None)
    Job.objects.filter(pk=job.pk).update(total=None)
    store.discard(job, JobFile.Role.RECORDS)


def _delete(job: Job) -> None:
    store.drop(job)
    job.delete()
