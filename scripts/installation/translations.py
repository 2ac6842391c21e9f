"""Translations: every locale/*/LC_MESSAGES/*.po beside a compiled .mo that is at least as new."""

from __future__ import annotations

from pathlib import Path

from installation.places import Places
from installation.telling import run, step


def compile_translations(places: Places) -> None:
    """Compile the catalogues that changed; polib lives in the virtual environment, so its Python does the work."""
    stale = [path for path in sorted(places.root.glob("locale/*/LC_MESSAGES/*.po")) if is_stale(path)]
    if not stale:
        return
    with step("Translations"):
        program = places.root / "scripts" / "compile_translations.py"
        run(
            [places.python, program, *stale],
            log=places.logs / "translations.log",
            cwd=places.root,
            needs="The translations",
        )


def is_stale(catalogue: Path) -> bool:
    """Whether `catalogue` has no compiled twin as new as itself."""
    compiled = catalogue.with_suffix(".mo")
    return not compiled.is_file() or compiled.stat().st_mtime_ns < catalogue.stat().st_mtime_ns
