"""How exports end otherwise: cancelled, crashed, forgotten, without room on the disk; nothing half is left or offered."""

from __future__ import annotations

import hashlib
import os
import resource
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from helpdesk.exchange import store
from helpdesk.exchange.exporting.downloading import kept_file
from helpdesk.exchange.models import JobFile
from helpdesk.exchange.sheets import SHEETS, Exporter
from helpdesk.jobs import actions, beats, chunks, claims, engine, phases
from helpdesk.jobs.kinds import Beat
from helpdesk.jobs.models import Job
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.users import actors
from helpdesk.users.models import User
from tests.conftest import SignIn
from tests.exchange.exports import ask, column, exported
from tests.factories import make_contact, make_supervisor
from tests.jobs.test_engine import go
from tests.patience import wait_for

pytestmark = pytest.mark.django_db


class KilledError(BaseException):
    """The process ends here: nothing catches it, and what was not committed is gone."""


@pytest.fixture
def sora(db: None) -> User:
    return make_supervisor()


def parts_of(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


class TestEnd:
    def test_cancel_leaves_no_part(
        self, sora: User, folder: Path, small_chunks: None, django_capture_on_commit_callbacks: object
    ) -> None:
        for _ in range(5):
            make_contact()
        job = ask(sora)
        engine.run(job.pk, job.epoch, seconds=0)
        assert len(parts_of(folder)) == 1
        job.refresh_from_db()
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            actions.cancel(job, by=actors.person(sora))
        assert (parts_of(folder), OutgoingEmail.objects.count(), actions.can_go_on(job)) == ([], 0, False)

    def test_goes_on_after_a_crash_and_has_each_row_once(
        self, sora: User, folder: Path, small_chunks: None, django_capture_on_commit_callbacks: Any
    ) -> None:
        for number in range(5):
            make_contact(str(number))
        job = ask(sora)
        engine.run(job.pk, job.epoch, seconds=0)
        (first,) = parts_of(folder)
        (folder / "files" / "jobs" / job_folder(job) / "part-0000000003-0000000005-0000000000").write_bytes(b"stale")
        assert first.startswith("part-0000000001-0000000002")
        with django_capture_on_commit_callbacks(execute=True):
            job = go(job)
        assert column(job, "Name") == ["0", "1", "2", "3", "4"]
        assert [name for name in parts_of(folder) if name.startswith("part-")] == []

    @pytest.mark.parametrize(
        "moment", [(store, "keep"), (chunks, "close"), (phases, "end")], ids=lambda moment: moment[1]
    )
    @pytest.mark.parametrize("is_after", [False, True])
    def test_killed_when_the_file_is_whole_it_ends_and_says_so_once(
        self, *, moment: tuple[ModuleType, str], is_after: bool, sora: User, folder: Path, small_chunks: None,
        monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any,
    ) -> None:  # fmt: skip
        for number in range(3):
            make_contact(str(number))
        job, real = ask(sora), getattr(*moment)

        def killed(*given: Any, **told: Any) -> None:
            if is_after:
                real(*given, **told)
            raise KilledError

        with django_capture_on_commit_callbacks(execute=True):
            with monkeypatch.context() as patched, pytest.raises(KilledError):
                patched.setattr(*moment, killed)
                engine.run(job.pk, job.epoch)
            Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
            job.refresh_from_db()
            job = go(job)
        assert (job.state, column(job, "Name")) == ("done", ["0", "1", "2"])
        assert [letter.notice for letter in OutgoingEmail.objects.all()] == ["export_ready"]
        assert kept_file(job) is not None
        assert [name for name in parts_of(folder) if name.startswith("part-")] == []

    def test_without_its_parts_it_fails_in_a_sentence(self, sora: User, folder: Path, small_chunks: None) -> None:
        for _ in range(3):
            make_contact()
        job = ask(sora)
        engine.run(job.pk, job.epoch, seconds=0)
        for path in folder.rglob("part-*"):
            path.unlink()
        job = go(job)
        assert (job.state, (job.error or {})["text"]) == (
            "failed",
            "What was written so far is not kept any more. Run the export again.",
        )

    def test_deleting_somebody_forever_takes_the_file_and_the_words(
        self, sora: User, folder: Path, sign_in: SignIn, django_capture_on_commit_callbacks: object
    ) -> None:
        make_contact("Kim Secret")
        job = exported(sora, "q=Kim Secret", reason="Kim Secret left")
        kind = job.known_kind
        assert kind is not None and kind.forget is not None
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            kind.forget(job)
        assert (parts_of(folder), JobFile.objects.count()) == ([], 0)
        job.refresh_from_db()
        assert "Secret" not in str(job.params)
        assert "(erased)" in sign_in(sora).get(job.get_absolute_url()).text


class TestLongWork:
    def test_keeps_the_job_while_the_disk_takes_its_time(self, sora: User, monkeypatch: pytest.MonkeyPatch) -> None:
        make_contact("A")
        kept: list[int] = []
        real, sync = claims.keep, os.fsync

        def keep(job: Job) -> None:
            kept.append(job.pk)
            real(job)

        def slow(number: int) -> None:
            sync(number)
            before = len(kept)
            if "/result-" in str(Path(f"/proc/self/fd/{number}").readlink()):
                wait_for(lambda: len(kept) > before)

        monkeypatch.setattr(beats, "SECOND", 0.01)
        monkeypatch.setattr(claims, "keep", keep)
        monkeypatch.setattr(os, "fsync", slow)
        assert column(exported(sora), "Name") == ["A"]

    def test_keeps_the_job_while_a_file_is_read_again(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(beats, "SECOND", -1)
        (folder / "large").write_bytes(bytes(3 * store.PIECE))
        beaten: list[None] = []
        found = store.sha256_of(folder / "large", lambda: beaten.append(None))
        assert (found, len(beaten)) == (hashlib.sha256(bytes(3 * store.PIECE)).hexdigest(), 3)

    def test_leaves_no_file_of_a_job_that_was_lost_meanwhile(
        self, sora: User, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_contact("A")
        job, real = ask(sora), store.sha256_of

        def lost(path: Path, beat: Beat) -> str:
            Job.objects.filter(pk=job.pk).update(epoch=F("epoch") + 1)
            return real(path, beat)

        monkeypatch.setattr(store, "sha256_of", lost)
        engine.run(job.pk, job.epoch)
        assert not [name for name in parts_of(folder) if name.startswith("result-")]
        assert not JobFile.objects.exists()


def job_folder(job: Job) -> str:
    job.refresh_from_db()
    return str(job.params["folder"])


@pytest.fixture
def bulky(monkeypatch: pytest.MonkeyPatch) -> None:
    """Contacts whose row is 6 MB long."""
    sheet = SHEETS["contacts"]
    known = sheet.exporter
    long = Exporter(rows=lambda ids, _fields, _deleted: ["x" * 6_000_000] * len(ids), asked=known.asked, words=known.words, counted=known.counted)  # fmt: skip
    monkeypatch.setitem(SHEETS, "contacts", replace(sheet, exporter=long))


@pytest.fixture
def small_disk() -> Iterator[None]:
    """No file of this process may grow beyond 5 MB: the system says so as it does of a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_ends_it_in_a_sentence_and_leaves_nothing(
    sora: User, folder: Path, bulky: None, small_disk: None, sign_in: SignIn
) -> None:
    make_contact("A")
    job = exported(sora, fields=["name"])
    assert (job.state, parts_of(folder), JobFile.objects.count()) == ("failed", [], 0)
    page = sign_in(sora).get(job.get_absolute_url()).text
    assert "The disk of the helpdesk is full" in page and "Run again" in page
