"""Rows that failed, repaired and uploaded again: a new import in the same history, mapped as the first one was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction

from helpdesk.exchange import actions, failures, reading
from helpdesk.exchange.actions import Upload
from helpdesk.exchange.reading import Dialect, FileRefused
from helpdesk.exchange.sheets import Sheet
from helpdesk.jobs.models import Job
from helpdesk.users.actors import Actor

CARRIED = ("choices", "answers")


@transaction.atomic
def begin(sheet: Sheet, upload: Upload, headers: Sequence[str], *, repairs: Job | None = None, by: Actor) -> Job:
    """A draft with the uploaded file. As a repair of the import that one of its columns names, or of `repairs`, it is mapped."""
    job = actions.begin(sheet, upload, by=by)
    repaired = _repaired(sheet, headers, repairs, by)
    if repaired:
        job.params |= _carried(repaired, headers)
        Job.objects.filter(pk=job.pk).update(params=job.params)
    return job


@transaction.atomic
def review(sheet: Sheet, job: Job, headers: Sequence[str], *, by: Actor) -> bool:
    """Try all rows of a repair at once, if it has all columns of the import it repairs; False where somebody must map it."""
    columns = job.params.get("columns", [])
    repaired = Job.objects.filter(pk=job.params.get("repairs", 0)).first()
    if repaired is None or {name for name in repaired.params["columns"] if name} - set(columns):
        return False
    dialect, choices = Dialect.of(job.params["dialect"]), job.params.get("choices", {})
    actions.review(sheet, job, dialect=dialect, headers=headers, columns=columns, choices=choices, by=by)
    return True


def headers_of(upload: Upload) -> list[str]:
    """Its column names; none where it cannot be read as it was understood. Reads the file: outside of transactions."""
    try:
        return list(reading.sample(upload.file.path, upload.sniffed.dialect).headers)
    except FileRefused:
        return []


def _repaired(sheet: Sheet, headers: Sequence[str], repairs: Job | None, by: Actor) -> Job | None:
    """What the file says of itself counts, as long as it belongs to the history of `repairs`."""
    named = _named(sheet, headers, by)
    return named if repairs is None or (named and _first(named) == _first(repairs)) else repairs


def _first(job: Job) -> int:
    """The import with which its history begins."""
    first: int = job.params.get("first", job.pk)
    return first


def _named(sheet: Sheet, headers: Sequence[str], by: Actor) -> Job | None:
    """The import whose failed rows these are, by the head of the column with the reasons; among those that `by` may see.

    What failed in a repair has the reasons of the first import, too: the latest one counts.
    """
    numbers = [number for header in headers if (number := failures.repaired_job(header))]
    seen = Job.objects.visible_to(by.user) if by.user else Job.objects.all()
    return seen.filter(pk__in=numbers, kind=sheet.import_kind, resumed_at__isnull=False).order_by("-pk").first()


def _carried(repaired: Job, headers: Sequence[str]) -> dict[str, object]:
    """Params of its repair: the columns by their names, wherever they stand now."""
    known = dict(zip(_counted(_original(repaired)), repaired.params.get("columns", []), strict=False))
    return {
        **{name: repaired.params[name] for name in CARRIED if name in repaired.params},
        "columns": [known.get(header, "") for header in _counted(headers)],
        "repairs": repaired.pk,
        "first": _first(repaired),
    }


def _original(job: Job) -> list[str]:
    headers: list[str] = job.params.get("outline", {}).get("headers", [])
    return headers


def _counted(headers: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Each header with how often it stood before: two columns may have the same name."""
    seen = Counter[str]()
    for header in headers:
        name = header.strip()
        if failures.repaired_job(name):
            yield "", -1
            continue
        yield name, seen[name]
        seen[name] += 1
