"""The commands that bring records in and take them out: a bar on a terminal, one line of JSON on stdout."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk.exchange import terminal
from helpdesk.exchange.sheets import SHEETS, Sheet
from helpdesk.exchange.terminal import Refused, Request
from helpdesk.jobs.changes import reason
from helpdesk.jobs.models import Job
from helpdesk.jobs.progress import progress_of
from helpdesk.jobs.queries import blocker_of
from helpdesk.jobs.states import State
from helpdesk.management import acting
from helpdesk.users.actors import Actor

SOME_FAILED = 3
BAR = 30


class ImportCommand(BaseCommand):
    """Exit status: 0 when no row failed, 3 when some did, 1 when the file was refused or the import did not reach its end."""

    sheet_name: ClassVar[str]

    @property
    def sheet(self) -> Sheet:
        return SHEETS[self.sheet_name]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--map", action="append", type=_pair, default=[], metavar="COLUMN=FIELD", dest="maps",
                            help="what a column means; COLUMN= leaves it out. May be repeated")  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="only say what would become of each row")
        for option in ("encoding", "delimiter", "worksheet"):
            parser.add_argument(f"--{option}", help="where the guess is wrong")
        parser.add_argument("--header-row", type=int, help="in which row the column names are; 0 for none")
        for choice in self.sheet.choices:
            name = choice.name.replace("_", "-")
            parser.add_argument(
                f"--no-{name}" if choice.default else f"--{name}",
                action="store_false" if choice.default else "store_true",
                dest=f"choice_{choice.name}",
                default=choice.default,
                help=str(choice.label),
            )
        acting.add_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        by = acting.actor(options["acting_as"])
        try:
            job = terminal.begin_import(self.sheet, self._request(options), by=by)
            counts = self._tried(job, by) if options["dry_run"] else self._run(job, by)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        if counts.get("failed"):
            sys.exit(SOME_FAILED)

    def _tried(self, job: Job, by: Actor) -> dict[str, int]:
        counts = dict(terminal.try_import(job, Bar(self.stderr), by=by))
        self._say({name: counts.get(name, 0) for name in terminal.COUNTS} | {"dry_run": True})
        return counts

    def _run(self, job: Job, by: Actor) -> dict[str, int]:
        terminal.run_import(job, Bar(self.stderr), by=by)
        counts = terminal.totals_of(job)
        self._say({**counts, "job": job.pk})
        if job.state != State.DONE:
            raise CommandError(
                reason(job.error) if job.error else f"The import was stopped. It can go on: job {job.pk}."
            )
        return counts

    def _say(self, line: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(line))

    def _request(self, options: dict[str, Any]) -> Request:
        names = ("encoding", "delimiter", "worksheet", "header_row")
        return Request(
            path=options["file"],
            maps=dict(options["maps"]),
            choices={choice.name: options[f"choice_{choice.name}"] for choice in self.sheet.choices},
            dialect={name: options[name] for name in names if options[name] is not None},
        )


class ExportCommand(BaseCommand):
    """Writes FILE whole or not at all."""

    sheet_name: ClassVar[str]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--format", choices=terminal.FORMATS, default="", help="else as FILE ends")
        parser.add_argument("--view", default="all", help="such as unverified; else all but the deleted ones")
        acting.add_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        by, path = acting.actor(options["acting_as"]), options["file"]
        kind = terminal.known_format(path, options["format"])
        try:
            job = terminal.run_export(
                SHEETS[self.sheet_name], path, kind=kind, view=options["view"], tell=Bar(self.stderr), by=by
            )
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(json.dumps({"exported": job.totals.get("done", 0), "job": job.pk}))


class Bar:
    """How far a job is, in one line of a terminal; elsewhere silent, but for whom it waits for."""

    def __init__(self, out: Any) -> None:
        self._out, self._is_shown, self._waits_for = out, out.isatty(), 0

    def __call__(self, job: Job) -> None:
        if blocker := blocker_of(job):
            if blocker.pk != self._waits_for:
                self._out.write(f"Waiting for job {blocker.pk} of {blocker.owner_name or 'somebody'} to end.")
            self._waits_for = blocker.pk
        elif self._is_shown:
            self._out.write(f"\r{_line(job)}", ending="\n" if job.is_final else "")


def _line(job: Job) -> str:
    """[#########                     ]  30 %  3,000 of 10,000 rows, 9,120 a second"""
    progress = progress_of(job)
    filled = BAR * (progress.percent or 0) // 100
    total = f" of {progress.total:,}" if progress.total is not None else ""
    rate = f", {progress.rate:,.0f} a second" if progress.rate else ""
    return f"[{'#' * filled:<{BAR}}] {progress.percent or 0:3} %  {progress.done:,}{total} rows{rate}  "


def _pair(text: str) -> tuple[str, str]:
    column, sign, field = text.rpartition("=")
    if not sign:
        raise ArgumentTypeError(f"“{text}” is not of the form COLUMN=FIELD")
    return column.strip(), field.strip()
