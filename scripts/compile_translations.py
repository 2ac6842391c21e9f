"""Compile the named .po files to .mo files beside them: `compile_translations.py locale/ko/LC_MESSAGES/django.po …`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import polib


def compile_catalogue(catalogue: Path) -> None:
    """Write the .mo of `catalogue` in one rename, so that a reader never meets half of it."""
    unfinished = catalogue.with_suffix(f".mo.{os.getpid()}")
    polib.pofile(str(catalogue), encoding="utf-8").save_as_mofile(str(unfinished))
    unfinished.replace(catalogue.with_suffix(".mo"))


if __name__ == "__main__":
    for name in sys.argv[1:]:
        compile_catalogue(Path(name))
