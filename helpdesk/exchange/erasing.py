"""Forgetting somebody: whole files that name them, and what a review had planned of them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import escape

from helpdesk.exchange import store
from helpdesk.exchange.importing import forget
from helpdesk.exchange.models import JobFile, Planned, PlannedKey
from helpdesk.jobs.kinds import KINDS
from helpdesk.users.erasing import SHORTEST, Traces

ENCODINGS = ("utf-8", "cp949", "utf-16-le", "utf-16-be")
BLOCK = 1 << 22  # bytes
OVERLAP = 4096  # bytes: longer than anything that identifies a person
MOST_UNPACKED = 1 << 30
"""Bytes read of a workbook; larger ones were refused when they came."""


def erase(traces: Traces) -> None:
    """Files of jobs with a row about the person go with the rows (`JobKind.forget`); here those that mention them elsewhere.

    In a row that failed, on a sheet that was not read: by email, phone or external id. A name alone is a namesake's, too.
    """
    if needles := needles_of(traces):
        for file in JobFile.objects.select_related("job").order_by("pk"):
            if traces.are_in(file.name) or mentions(store.path_of(file), needles):
                forget(file.job)
    about = [kind.name for kind in KINDS.values() if kind.target == traces.kind]
    Planned.objects.filter(ref__in=traces.ids, job__kind__in=about).delete()
    for planned in PlannedKey.objects.filter(job__kind__in=about).iterator():
        if traces.are_in(planned.key):
            Planned.objects.filter(job_id=planned.job_id, ref=planned.ref).delete()
            PlannedKey.objects.filter(job_id=planned.job_id, ref=planned.ref).delete()


def needles_of(traces: Traces) -> set[bytes]:
    """What to look for in a file's bytes, in lower case: as text, JSON and XML write it, in the encodings that are read."""
    words = {*traces.emails, *(number for number in traces.numbers if len(number) >= SHORTEST)} - {""}
    forms = {form for word in words for form in (word, json.dumps(word, ensure_ascii=False)[1:-1], escape(word))}
    return {form.encode(encoding, "ignore").lower() for form in forms for encoding in ENCODINGS} - {b""}


def mentions(path: Path, needles: set[bytes]) -> bool:
    """Whether one of them stands in the file (of a workbook: in one of its parts); not in one that is gone."""
    with suppress(OSError):
        return any(any(needle in block for needle in needles) for block in _blocks(path))
    return False


def _blocks(path: Path) -> Iterator[bytes]:
    """Its bytes in lower case."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            yield from _overlapping(iter(lambda: file.read(BLOCK), b""))
        return
    left = MOST_UNPACKED
    with suppress(zipfile.BadZipFile, NotImplementedError, RuntimeError), zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            left -= part.file_size
            if left < 0:
                return
            with archive.open(part) as unpacked:
                yield from _overlapping(iter(lambda unpacked=unpacked: unpacked.read(BLOCK), b""))  # type: ignore[misc]


def _overlapping(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """So that nothing is missed that lies across the end of a block."""
    end = b""
    for block in blocks:
        yield (end + block).lower()
        end = block[-OVERLAP:]
