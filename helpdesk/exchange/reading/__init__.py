"""Uploaded tables: what they are, what they look like, and all of their rows in one plain form.

Uploads are hostile until proven otherwise: every one is opened in a child process with limits (`child`, started by `guarding`).
Modules of this package import each other relatively and nothing of the house, since the child knows the package alone.
"""

from __future__ import annotations

from pathlib import Path

from .dialects import DELIMITERS, ENCODINGS, LAST_HEADER_ROW, Dialect, Outline, Sample, Sniffed
from .guarding import Beat, run
from .limits import LONG_SECONDS, QUICK_SECONDS
from .problems import FileRefused

__all__ = [
    "DELIMITERS", "ENCODINGS", "LAST_HEADER_ROW", "Dialect", "FileRefused", "Outline", "Sample", "Sniffed", "convert", "sample",
    "sniff",
]  # fmt: skip


def _quietly(_rows: int) -> None:
    pass


def sniff(path: Path, name: str, *, worksheet: str = "") -> Sniffed:
    """What the file is, by its content, and how it is best read. `name`: what its owner called it.

    `worksheet`: which one of a workbook is to be read; "" for the best. FileRefused where it is nothing we read. OSError
    where the disk fails.
    """
    asked = {"path": str(path.absolute()), "name": name, "worksheet": worksheet}
    return Sniffed.of(run("sniff", seconds=QUICK_SECONDS, beat=_quietly, **asked))


def sample(path: Path, dialect: Dialect, rows: int = 20) -> Sample:
    """The first rows that would be imported. FileRefused where there are none to be had, such as on an empty worksheet."""
    asked = {"path": str(path.absolute()), "dialect": dialect.as_json(), "rows": rows}
    return Sample(**run("sample", seconds=QUICK_SECONDS, beat=_quietly, **asked))


def convert(path: Path, dialect: Dialect, out: Path, *, beat: Beat = _quietly) -> Outline:
    """Write the record file (see `records`) at `out`, synced; where it cannot be done whole, nothing is left there.

    `beat` gets the rows so far about once a second; what it raises ends the conversion and comes out here. FileRefused where
    the file cannot be read or is over a limit; one that breaks in the middle is not refused, see `Outline.broken`.
    """
    asked = {"path": str(path.absolute()), "dialect": dialect.as_json(), "out": str(out.absolute())}
    try:
        return Outline(**run("convert", seconds=LONG_SECONDS, beat=beat, **asked))
    except BaseException:
        out.unlink(missing_ok=True)
        raise
