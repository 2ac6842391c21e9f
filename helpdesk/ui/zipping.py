"""A zip archive made while it is sent: however much is in it, little of it is in memory."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils import timezone

Files = Iterable[tuple[str, Iterable[str]]]
"""Name → its text, in parts."""


def zipped(files: Files) -> Iterator[bytes]:
    """The archive of `files`, piece by piece. They are asked for one after another, each part once."""
    outlet = _Outlet()
    with ZipFile(outlet, "w", ZIP_DEFLATED) as archive:
        for name, parts in files:
            with archive.open(_named(name), "w") as entry:
                for part in parts:
                    entry.write(part.encode())
                    yield from outlet.drained()
    yield from outlet.drained()


def _named(name: str) -> ZipInfo:
    info = ZipInfo(name, timezone.localtime().timetuple()[:6])
    info.compress_type, info.external_attr = ZIP_DEFLATED, 0o600 << 16
    return info


class _Outlet(io.RawIOBase):
    """Where the archive is written to, and taken from."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def drained(self) -> Iterator[bytes]:
        if self._parts:
            parts, self._parts = self._parts, []
            yield b"".join(parts)
