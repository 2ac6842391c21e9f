"""Where the installer reads and writes; what it installed is remembered by the hash of what asked for it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from installation.telling import InstallationError


@dataclass(frozen=True)
class Places:
    """The clone at `root` and the folders that installing fills."""

    root: Path
    venv: Path
    vendor: Path
    logs: Path

    @classmethod
    def of(cls, root: Path) -> Places:
        """The usual places of the clone at `root`; HELPDESK_VENDOR_DIR moves the front-end files."""
        vendor = os.environ.get("HELPDESK_VENDOR_DIR") or root / "var" / "vendor"
        return cls(root=root, venv=root / ".venv", vendor=Path(vendor), logs=root / "var" / "install")

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    def required(self, name: str) -> Path:
        """The committed file `name`; without it the clone is incomplete."""
        if not (path := self.root / name).is_file():
            raise InstallationError(f"{name} is missing from {self.root}: this copy of the helpdesk is incomplete.")
        return path


def fingerprint(*sources: Path) -> str:
    """The hash of the contents of `sources`."""
    digest = hashlib.sha256()
    for source in sources:
        digest.update(hashlib.sha256(source.read_bytes()).digest())
    return digest.hexdigest()


def is_current(stamp: Path, wanted: str) -> bool:
    """Whether the last complete installation recorded in `stamp` is the `wanted` one."""
    return stamp.is_file() and stamp.read_text() == wanted


def remember(stamp: Path, wanted: str) -> None:
    """Record in `stamp` that `wanted` is installed completely."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)
