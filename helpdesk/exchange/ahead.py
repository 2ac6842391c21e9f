"""The next rows of an import, read and cleaned while the database works on those before them (ADR 0031).

A chunk waits for PostgreSQL during two thirds of its time: enough for a thread to get the next one ready. `take` says what
that is, and `go_on` lets the thread begin, once the importer will only wait. It asks no database. On SQLite nobody waits for
anybody else, so nothing is read ahead there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from helpdesk.exchange.reading import records
from helpdesk.exchange.reading.records import Record
from helpdesk.jobs.kinds import Row

Clean = Callable[[Record], Any]
"""What a record asks for (a wish). Called in any thread; asks no database."""


@dataclass(frozen=True)
class Place:
    """Some records, at most `limit`, of a record file from byte `offset` on. `epoch` of the job: while it stays, so does all else."""

    path: Path
    offset: int
    limit: int
    epoch: int

    def rows(self, clean: Clean) -> list[Row]:
        found = records.read(self.path, self.offset, self.limit)
        return [Row(one.number, one.cursor, data=_cleaned(one, clean)) for one in found]

    @property
    def is_end(self) -> bool:
        return self.offset >= self.path.stat().st_size

    def after(self, rows: Sequence[Row]) -> Place:
        return Place(self.path, rows[-1].cursor, self.limit, self.epoch)


@dataclass(frozen=True)
class Stumbled:
    """Instead of a wish: an error of the program, raised only where its row is done, so that no other fails with it."""

    error: Exception


class Coming(threading.Thread):
    """What is read at a place, once it is told to."""

    def __init__(self, place: Place, clean: Clean) -> None:
        super().__init__(name="import-ahead", daemon=True)
        self.place, self._clean = place, clean
        self._rows: list[Row] | None = None

    def run(self) -> None:
        try:
            self._rows = self.place.rows(self._clean)
        except Exception:
            self._rows = None  # whoever wants them reads them, and meets the error

    def rows(self) -> list[Row] | None:
        """None where it was never told to, or could not."""
        if self.ident is not None:
            self.join()
        return self._rows


class _Here(threading.local):
    """Each thread that works on a job has its own."""

    coming: Coming | None = None


_here = _Here()


def take(place: Place, clean: Clean) -> list[Row]:
    """The rows there, each with its wish as `data`; read ahead or now."""
    coming, _here.coming = _here.coming, None
    rows = coming.rows() if coming and coming.place == place else None
    if rows is None:
        rows = place.rows(clean)
    if rows and connection.vendor == "postgresql" and not place.after(rows).is_end:
        _here.coming = Coming(place.after(rows), clean)
    return rows


def go_on() -> None:
    """From here on this thread waits for the database: get ready what comes next."""
    if _here.coming and _here.coming.ident is None:
        _here.coming.start()


def drop() -> None:
    """Forget what was read for nobody."""
    _here.coming = None


def wishes(rows: Sequence[Row]) -> list[Any]:
    """Of these rows; whatever reading them threw."""
    found = [row.data for row in rows]
    if stumbled := next((one for one in found if isinstance(one, Stumbled)), None):
        raise stumbled.error
    return found


def _cleaned(record: Record, clean: Clean) -> Any:
    try:
        return clean(record)
    except Exception as error:
        return Stumbled(error)
