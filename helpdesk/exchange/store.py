"""Where files of jobs lie: one private folder a job, random names; written aside, synced, renamed, and only then a row."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from helpdesk.exchange.models import JobFile
from helpdesk.jobs import claims
from helpdesk.jobs.beats import ticking
from helpdesk.jobs.kinds import Beat
from helpdesk.jobs.models import Job
from helpdesk.ui.cleaning import in_order

ROOM = "jobs"
PIECE = 1 << 20
_not_in_names = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|]+')


def folder(job: Job) -> Path:
    """The job's folder, made where it is missing; its random name is kept in `params["folder"]`."""
    name = job.params.get("folder")
    if not name:
        name = f"{job.pk}-{secrets.token_hex(8)}"
        claims.note(job, folder=name)
    path: Path = _root() / name
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def place(job: Job, role: JobFile.Role | str) -> Path:
    """A fresh name in the job's folder, to write a file of this role at."""
    return folder(job) / f"{role}-{secrets.token_hex(8)}"


@dataclass(frozen=True)
class Arrived:
    """A file that lies complete in a folder of its own, and is nobody's yet."""

    path: Path
    size: int
    sha256: str


def arrive(parts: Iterable[bytes]) -> Arrived:
    """Write a file for a job that does not exist yet. Takes its time: to be called outside of transactions."""
    path = _root() / secrets.token_hex(12) / f"source-{secrets.token_hex(8)}"
    path.parent.mkdir(parents=True, mode=0o700)
    digest = hashlib.sha256()
    with path.open("wb") as out:
        for part in parts:
            out.write(part)
            digest.update(part)
        out.flush()
        os.fsync(out.fileno())
    return Arrived(path, path.stat().st_size, digest.hexdigest())


def adopt(job: Job, role: JobFile.Role, name: str, file: Arrived) -> JobFile:
    """Make it the file of a job that has none yet; its folder becomes the job's."""
    claims.note(job, folder=file.path.parent.name)
    told = {"name": shown_name(name), "path": str(file.path.relative_to(_root()))}
    return JobFile.objects.create(job=job, role=role, size=file.size, sha256=file.sha256, **told)


def leave(file: Arrived) -> None:
    """Delete it unless some job has adopted it: a form that is sent twice brings its file twice."""
    if not JobFile.objects.filter(path=str(file.path.relative_to(_root()))).exists():
        shutil.rmtree(file.path.parent, ignore_errors=True)


def sha256_of(path: Path, beat: Beat) -> str:
    """Takes its time with a large file: to be called outside of transactions."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for piece in ticking(iter(partial(file.read, PIECE), b""), beat):
            digest.update(piece)
    return digest.hexdigest()


def keep(job: Job, role: JobFile.Role, name: str, path: Path, *, sha256: str, until: datetime | None = None) -> JobFile:
    """Make `path`, which lies in the job's folder and is complete, the job's file of this role."""
    told: dict[str, Any] = {"name": shown_name(name), "path": str(path.relative_to(_root()))}
    told |= {"size": path.stat().st_size, "sha256": sha256, **({"expires_at": until} if until else {})}
    with transaction.atomic():
        old = JobFile.objects.select_for_update().filter(job=job, role=role).first()
        kept, _ = JobFile.objects.update_or_create(job=job, role=role, defaults=told)
        if old and old.path != kept.path:
            transaction.on_commit(lambda: (_root() / old.path).unlink(missing_ok=True))
    return kept


def path_of(file: JobFile) -> Path:
    return _root() / file.path


def find(job: Job, role: JobFile.Role) -> JobFile | None:
    """The job's file of this role; None where there is none (any more)."""
    return JobFile.objects.filter(job=job, role=role).first()


def discard(job: Job, role: JobFile.Role) -> None:
    """Delete the job's file of this role, if there is one, once the transaction is committed."""
    file = find(job, role)
    if file:
        file.delete()
        transaction.on_commit(lambda: path_of(file).unlink(missing_ok=True))


def drop(job: Job) -> None:
    """Delete all files of the job, once the transaction is committed."""
    JobFile.objects.filter(job=job).delete()
    if name := job.params.get("folder"):
        transaction.on_commit(lambda: shutil.rmtree(_root() / name, ignore_errors=True))


def orphans(older_than: float) -> Iterator[Path]:
    """Folders that no job names (any more), untouched for so many seconds: whoever wrote there was killed before its commit."""
    root = _root()
    folders = [path for path in root.iterdir() if path.is_dir()] if root.is_dir() else []
    old = [path for path in folders if path.stat().st_mtime < time.time() - older_than]
    named = Job.objects.filter(params__folder__in=[path.name for path in old])
    kept = set(named.values_list("params__folder", flat=True))
    yield from (path for path in old if path.name not in kept)


def shown_name(name: str) -> str:
    """A file's name as it may be shown and offered: no folders, no control characters, nothing read backwards, not too long."""
    bare = _not_in_names.sub("_", in_order(name).replace("\\", "/").rpartition("/")[2]).strip(" .")
    stem, dot, end = (bare or "file").rpartition(".")
    return f"{stem[:200]}{dot}{end[:20]}" if dot else bare[:200] or "file"


def _root() -> Path:
    return Path(settings.DATA_DIR) / "files" / ROOM
