"""How large a file may be, and how one is taken: onto the disk as it arrives, and nothing of one that is too large."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

MEGABYTE = 1024 * 1024
MOST_MEGABYTES = 50
AROUND = 64 * 1024
"""Bytes of a form around its file: the other fields, the boundaries."""


class LimitedUpload(TemporaryFileUploadHandler):
    """Every upload becomes a temporary file; where the request is too large, its files are read past and not kept."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self.request is not None and is_too_large(self.request):
            raise StopUpload(connection_reset=False)
        super().new_file(*args, **kwargs)


def is_too_large(request: HttpRequest) -> bool:
    """Whether what was sent is larger than any file may be, by what the request says of itself."""
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) > MOST_MEGABYTES * MEGABYTE + AROUND if told.isascii() and told.isdigit() else False


def path_of(file: UploadedFile[bytes]) -> Path:
    """Where the upload lies: every one is on the disk."""
    assert isinstance(file, TemporaryUploadedFile)  # noqa: S101 (settings.FILE_UPLOAD_HANDLERS)
    return Path(file.temporary_file_path())
