"""Forgetting somebody: whole files that name them, and what a review had planned of them."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import chain
from pathlib import Path
from xml.sax.saxutils import escape

from helpdesk.exchange import store
from helpdesk.exchange.importing import forget
from helpdesk.exchange.models import JobFile, Planned, PlannedKey
from helpdesk.jobs.kinds import KINDS
from helpdesk.users.erasing import ERASED, SHORTEST, Traces

Needles = Mapping[bytes, tuple[bytes, bytes]]
"""Bytes → what must stand before and behind them: something that makes no longer word of them."""

MARGIN = b"\0\n\0\n"
"""Before the first and behind the last byte of a file there is always something: line ends, read either way."""


def _ends(before: bytes, after: bytes) -> Mapping[str, tuple[bytes, bytes]]:
    """By encoding, for characters (of a class) that make a word longer: `after` also behind a dot or a hyphen."""
    more = rb"(?=[^%b.\-]|[.\-][^%b])" % (after, after)
    # Escapes of JSON and of workbooks end in what looks like a letter, and so does a syllable of CP949.
    plain = rb"(?:(?<=[^%b])|(?<=\\[nrtbf])|(?<=_x000[0-9a-f]_)|(?<=[\x81-\xfe][a-z]))" % before
    little = rb"(?=[^%b.\-]\0|.[^\0]|[.\-]\0[^%b]\0|[.\-]\0.[^\0])" % (after, after)
    big = rb"(?=\0[^%b.\-]|[^\0].|\0[.\-]\0[^%b]|\0[.\-][^\0].)" % (after, after)
    return {
        "utf-8": (plain, more),
        "cp949": (plain, more),
        "utf-16-le": (rb"(?<=[^%b]\0|.[^\0])" % before, little),
        "utf-16-be": (rb"(?<=\0[^%b]|[^\0].)" % before, big),
    }


ADDRESS = _ends(rb"a-z0-9_.%+\-", rb"a-z0-9")
NUMBER = _ends(rb"a-z0-9", rb"a-z0-9")
BLOCK = 1 << 22  # bytes
OVERLAP = 4096  # bytes: longer than anything that identifies a person
MOST_UNPACKED = 1 << 30
"""Bytes read of a workbook; larger ones were refused when they came."""


def erase(traces: Traces) -> None:
    """Files of jobs with a row about the person go with the rows (`JobKind.forget`); here those that mention them elsewhere.

    In a row that failed, on a sheet that was not read: by email, phone or external id. A name alone is a namesake's, too: a
    file keeps what it holds, and is called otherwise.
    """
    needles = needles_of(traces)
    for file in JobFile.objects.select_related("job").order_by("pk"):
        if mentions(store.path_of(file), needles):
            forget(file.job)
        elif traces.are_in(file.name):
            JobFile.objects.filter(pk=file.pk).update(name=f"{ERASED}{Path(file.name).suffix}")
    about = [kind.name for kind in KINDS.values() if kind.target == traces.kind]
    Planned.objects.filter(ref__in=traces.ids, job__kind__in=about).delete()
    for planned in PlannedKey.objects.filter(job__kind__in=about).iterator():
        if traces.are_in(planned.key):
            Planned.objects.filter(job_id=planned.job_id, ref=planned.ref).delete()
            PlannedKey.objects.filter(job_id=planned.job_id, ref=planned.ref).delete()


def needles_of(traces: Traces) -> Needles:
    """What to look for in a file's bytes, in lower case: as text, JSON and XML write it, in the encodings that are read."""
    numbers = {number for number in traces.numbers if len(number) >= SHORTEST}
    return {
        form.encode(encoding, "ignore").lower(): around
        for words, ends in (({*traces.emails} - {""}, ADDRESS), (numbers, NUMBER))
        for word in words
        for form in (word, json.dumps(word, ensure_ascii=False)[1:-1], escape(word))
        for encoding, around in ends.items()
    }


def mentions(path: Path, needles: Needles) -> bool:
    """Whether one of them stands in the file (of a workbook: in one of its parts); not in one that is gone."""
    with suppress(OSError):
        return bool(needles) and any(_holds(block, needles) for block in _blocks(path))
    return False


def _holds(block: bytes, needles: Needles) -> bool:
    """As a whole word: the bytes around it belong to no longer one."""
    return any(
        needle in block and re.search(before + re.escape(needle) + after, block, re.S)
        for needle, (before, after) in needles.items()
    )


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
    """So that nothing is missed that lies across the end of a block, and what is around it is seen in one of the two."""
    end = MARGIN
    for block in chain(blocks, [MARGIN]):
        yield (end + block).lower()
        end = (end + block)[-OVERLAP:]
