"""Imports and exports without a browser and without a worker: the same jobs, driven by the process that asks for them.

A worker that is alive may do some of the chunks, too: whoever holds the lease works, the others watch. What keeps an import
waiting is gone on with here where nobody else does.
"""

from __future__ import annotations

import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.http import QueryDict
from django.utils import timezone

from helpdesk.exchange import actions, mapping, reading, store
from helpdesk.exchange.exporting.questions import CP949, CSV, XLSX, Question
from helpdesk.exchange.exporting.starting import begin_export
from helpdesk.exchange.models import JobFile
from helpdesk.exchange.queries import BEGUN
from helpdesk.exchange.sheets import Sheet
from helpdesk.jobs import actions as jobs
from helpdesk.jobs import engine
from helpdesk.jobs.actions import NothingChosenError
from helpdesk.jobs.changes import reason
from helpdesk.jobs.models import Job
from helpdesk.jobs.queries import blocker_of
from helpdesk.jobs.states import State
from helpdesk.users.actors import Actor

SLICE = 0.5  # seconds between two looks at how far it is
ENDS = (State.DONE, State.FAILED, State.CANCELLED, State.REVIEWED, State.PAUSED)
COUNTS = ("created", "updated", "skipped", "failed")
ENDING = (signal.SIGTERM, signal.SIGHUP)

Tell = Callable[[Job], None]
"""Called with the job as it stands, again and again."""


class Refused(Exception):
    """Nothing was begun, for this reason (a sentence)."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for on the command line. `maps`: header → field, "" for "do not import"; `dialect`: what is overruled."""

    path: Path
    maps: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, bool] = field(default_factory=dict)
    dialect: Mapping[str, str | int] = field(default_factory=dict)


def begin_import(sheet: Sheet, asked: Request, *, by: Actor) -> Job:
    """A draft of an import, mapped by its headers; Refused."""
    if not by.may(sheet.import_permission):
        raise Refused(f"{by.name} may not import {sheet.name}.")
    _check_dialect(asked.dialect)
    if not asked.path.is_file():
        raise Refused(f"{asked.path} is not a file.")
    try:
        worksheet = str(asked.dialect.get("worksheet", ""))
        sniffed = reading.sniff(asked.path, asked.path.name, worksheet=worksheet)
        dialect = reading.Dialect.of({**sniffed.dialect.as_json(), **asked.dialect})
        sample = reading.sample(asked.path, dialect)
    except reading.FileRefused as refused:
        raise Refused(reason(refused.problem)) from None
    if not sample.rows:
        raise Refused("The file has column names, but no rows.")
    columns = _columns(sheet, sample, asked.maps)
    job = actions.begin(sheet, actions.take_in(asked.path.name, _parts(asked.path), sniffed), by=by)
    job.params |= {"dialect": dialect.as_json(), "columns": columns, "choices": _ticks(sheet, asked.choices)}
    Job.objects.filter(pk=job.pk).update(params=job.params)
    return job


def run_import(job: Job, tell: Tell, *, by: Actor) -> None:
    """Do it, having waited for another import of its record type to end; Ctrl-C, SIGTERM and SIGHUP cancel it within a chunk."""
    params = {**job.params, BEGUN: True}
    Job.objects.filter(pk=job.pk).update(params=params)
    job.refresh_from_db()
    with _interruptible():
        try:
            jobs.submit(job, by=by)
            drive(job, tell)
        except KeyboardInterrupt:
            job.refresh_from_db()
            if job.state not in ENDS:
                jobs.cancel(job, by=by)
            drive(job, tell)


def try_import(job: Job, tell: Tell, *, by: Actor) -> Mapping[str, int]:
    """What it would do: outcome → rows. Nothing is kept of it, the draft neither; Refused."""
    try:
        jobs.review(job, by=by)
        drive(job, tell)
        if job.state != State.REVIEWED:
            raise Refused(reason(job.error) if job.error else "The review was cancelled.")
        return dict(job.predicted)
    finally:
        job.refresh_from_db()
        if job.state != State.REVIEWING:
            actions.give_up(job)


def run_export(sheet: Sheet, path: Path, *, kind: str, view: str, tell: Tell, by: Actor) -> Job:
    """Write the file at `path`, whole or not at all; Refused. `kind`: csv, cp949 or xlsx."""
    if not by.may(sheet.export_permission):
        raise Refused(f"{by.name} may not export {sheet.name}.")
    if view not in sheet.exporter.views:
        raise Refused(f"There is no view “{view}”. There are: {', '.join(sheet.exporter.views)}.")
    query = QueryDict(f"view={view}")
    asked = sheet.exporter.asked(query, by.user)
    fields = [one.name for one in sheet.fields() if one.is_exported and one.is_preset]
    zone = timezone.get_current_timezone_name()
    question = Question(
        sheet=sheet.name, query=query.urlencode(), fields=fields, format=kind, language=settings.LANGUAGE_CODE,
        zone=zone, is_deleted=asked.is_deleted,
    )  # fmt: skip
    try:
        job = begin_export(asked, question, by=by)
    except NothingChosenError:
        raise Refused("There is nothing to export.") from None
    drive(job, tell)
    if job.state != State.DONE:
        raise Refused(reason(job.error) if job.error else "The export was cancelled.")
    _take(job, path)
    return job


def drive(job: Job, tell: Tell) -> None:
    """Work on it, on what is in its way, or watch whoever does, until it has ended."""
    job.refresh_from_db()
    while job.state not in ENDS:
        more = engine.run(job.pk, job.epoch, seconds=SLICE)
        job.refresh_from_db()
        tell(job)
        if more is None and job.state not in ENDS and not _clear_the_way(job):
            time.sleep(SLICE)


def _clear_the_way(job: Job) -> bool:
    """Go on, as a sweeper would, with the job that holds its slot; False where somebody does so, or none is."""
    blocker = blocker_of(job)
    if blocker is None or not Job.objects.waiting().filter(pk=blocker.pk).exists():
        return False
    engine.run(blocker.pk, blocker.epoch, seconds=SLICE)
    return True


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM and SIGHUP are Ctrl-C; what is ignored (a hang-up, under `nohup`) stays so. Other threads get no signals."""
    is_main = threading.current_thread() is threading.main_thread()
    heard = [one for one in ENDING if is_main and signal.getsignal(one) is not signal.SIG_IGN]
    before = {one: signal.signal(one, signal.default_int_handler) for one in heard}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def totals_of(job: Job) -> dict[str, int]:
    return {name: int(job.totals.get(name, 0)) for name in COUNTS}


def known_format(path: Path, given: str) -> str:
    """csv, cp949 or xlsx: as given, else as the file's name ends."""
    return given or (XLSX if path.suffix.lower() == ".xlsx" else CSV)


FORMATS = (CSV, CP949, XLSX)


def _check_dialect(told: Mapping[str, str | int]) -> None:
    """Whatever kind of file it is: what cannot be read so is a typing error."""
    if told.get("encoding", "utf-8") not in reading.ENCODINGS:
        raise Refused(f"There is no encoding “{told['encoding']}”. There are: {', '.join(reading.ENCODINGS)}.")
    if told.get("delimiter", ",") not in reading.DELIMITERS:
        raise Refused(
            f"Columns are not parted by “{told['delimiter']}”. They are by a comma, a semicolon, a tab or a bar."
        )
    if not 0 <= int(told.get("header_row", 1)) <= reading.LAST_HEADER_ROW:
        raise Refused(
            f"Column names are in one of the rows 1 to {reading.LAST_HEADER_ROW}; 0 says that there are none."
        )


def _columns(sheet: Sheet, sample: reading.Sample, maps: Mapping[str, str]) -> list[str]:
    """The field of each column: as told, else as recognised by its header."""
    fields = [one for one in sheet.fields() if one.is_imported]
    _check_maps(maps, sample.headers, {one.name for one in fields})
    found = [match.field for match in mapping.recognise(sample.headers, sample.values, fields)]
    told = set(maps.values()) - {""}
    columns = [
        maps.get(header, "" if name in told else name) for header, name in zip(sample.headers, found, strict=True)
    ]
    if doubled := mapping.doubled(columns, fields):
        raise Refused(f"Several columns are mapped to {', '.join(doubled)}. Use --map to say which.")
    if mapping.lacks_identifier(columns, fields):
        names = ", ".join(one.name for one in fields if one.is_identifier)
        raise Refused(f'No column is mapped to one of {names}. Use --map "Column=field".')
    return columns


def _check_maps(maps: Mapping[str, str], headers: Sequence[str], names: set[str]) -> None:
    for header, name in maps.items():
        if header not in headers:
            raise Refused(f"The file has no column “{header}”. It has: {', '.join(headers)}.")
        if name and name not in names:
            raise Refused(f"There is no field “{name}”. There are: {', '.join(sorted(names))}.")


def _ticks(sheet: Sheet, given: Mapping[str, bool]) -> dict[str, bool]:
    return {choice.name: given.get(choice.name, choice.default) for choice in sheet.choices}


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            yield part


def _take(job: Job, path: Path) -> None:
    """Copy the result to where it was asked for; what we keep of it goes."""
    made = store.find(job, JobFile.Role.RESULT)
    if made is None:
        raise Refused("The file is not kept any more.")
    aside = path.with_name(f".{path.name}.part")
    try:
        shutil.copyfile(store.path_of(made), aside)
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise Refused(f"{path} cannot be written: {error.strerror}.") from None
    store.drop(job)
