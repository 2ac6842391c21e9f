"""The virtual environment and the Python packages, each file of requirements installed only when it changed."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from installation.places import Places, fingerprint, is_current, remember
from installation.telling import InstallationError, run, step

WHAT = {
    "requirements.txt": "Python packages",
    "requirements-dev.txt": "Python packages and tools for development",
    "requirements-node.txt": "Node.js (no npm was found on this machine)",
}


def make_environment(places: Places) -> None:
    """A working virtual environment made by this Python; one broken or made by an older Python is made anew."""
    if environment_works(places):
        return
    refuse_missing_venv()
    with step("Virtual environment"):
        shutil.rmtree(places.venv, ignore_errors=True)
        run(
            [sys.executable, "-m", "venv", places.venv],
            log=places.logs / "venv.log",
            cwd=places.root,
            needs="The virtual environment",
        )


def environment_works(places: Places) -> bool:
    """Whether the environment's interpreter starts and has this Python's version."""
    config = places.venv / "pyvenv.cfg"
    version = "{}.{}.".format(*sys.version_info)
    if not config.is_file() or not any(
        line.startswith("version") and version in line for line in config.read_text().splitlines()
    ):
        return False
    try:
        return subprocess.run([places.python, "-S", "-c", ""], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def refuse_missing_venv() -> None:
    """Debian ships Python without these two; the packaging name is told."""
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        raise InstallationError(
            f"This Python lacks the module {missing[0]}; install it (Debian, Ubuntu: apt install python3-venv) and try again."
        )


def install_packages(places: Places, name: str) -> None:
    """Install the hashed requirements in the file `name`, unless exactly they are installed already."""
    wanted = fingerprint(places.required(name))
    stamp = places.venv / f".installed-{name}"
    if is_current(stamp, wanted):
        return
    with step(WHAT[name]):
        pip: list[str | Path] = [
            places.python,
            "-m",
            "pip",
            "install",
            "--require-hashes",
            "--no-input",
            "--disable-pip-version-check",
        ]
        run([*pip, "-r", places.root / name], log=places.logs / f"{name}.log", cwd=places.root, needs=WHAT[name])
    remember(stamp, wanted)


def is_installed(places: Places, name: str) -> bool:
    """Whether exactly the requirements in the file `name` are installed."""
    return is_current(places.venv / f".installed-{name}", fingerprint(places.required(name)))
