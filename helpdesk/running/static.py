"""Static files for the web server: collected again only when a source changed."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect_changed() -> bool:
    """Bring STATIC_ROOT up to date; False when it was. Of several that start at once, one collects."""
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    stamp = root / ".collected"
    wanted = signature()
    with _alone(root / ".lock"):
        if stamp.is_file() and stamp.read_text() == wanted:
            return False
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(wanted)
    return True


def signature() -> str:
    """The hash of names, sizes and times of all sources, and of what turns them into served files."""
    digest = hashlib.sha256(f"{settings.STORAGES['staticfiles']}{version('whitenoise')}{version('django')}".encode())
    for line in sorted(_sources()):
        digest.update(line.encode())
    return digest.hexdigest()


def _sources() -> Iterator[str]:
    for finder in get_finders():
        for path, storage in finder.list([]):
            facts = Path(storage.path(path)).stat()
            yield f"{getattr(storage, 'prefix', '')}/{path} {facts.st_size} {facts.st_mtime_ns}\n"


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
