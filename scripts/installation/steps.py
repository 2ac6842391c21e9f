"""The installation in order: environment, packages, front-end files, translations; then the helpdesk itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

from installation.frontend import install_frontend
from installation.packages import install_packages, is_installed, make_environment
from installation.places import Places
from installation.telling import InstallationError, complain
from installation.translations import compile_translations

ROOT = Path(__file__).resolve().parent.parent.parent
USAGE = (
    "usage: bootstrap.py install (what running needs) | run (install, then start) | dev (what tests and checks need)"
)


def main(arguments: list[str]) -> int:
    """Do what `arguments` ask for; the exit code."""
    places = Places.of(ROOT)
    try:
        if arguments in (["install"], ["run"], ["dev"]):
            install(places, development=arguments == ["dev"])
            return start(places) if arguments == ["run"] else 0
    except InstallationError as stop:
        return complain(str(stop))
    except KeyboardInterrupt:
        return complain("Interrupted; the next start goes on from here.")
    return complain(USAGE)


def install(places: Places, *, development: bool) -> None:
    """Bring everything up to what the lock files ask for; nothing to do takes milliseconds."""
    make_environment(places)
    if development or not is_installed(places, "requirements-dev.txt"):
        install_packages(places, "requirements-dev.txt" if development else "requirements.txt")
    install_frontend(places)
    compile_translations(places)


def start(places: Places) -> NoReturn:
    """Become `manage.py up`, which ends when whoever called us (make) is gone."""
    python = str(places.python)
    leash = str(places.root / "helpdesk" / "running" / "leash.py")
    os.chdir(places.root)
    os.execv(python, [python, "-IS", leash, "SIGTERM", str(os.getppid()), python, "manage.py", "up"])  # noqa: S606 (no shell wanted)
