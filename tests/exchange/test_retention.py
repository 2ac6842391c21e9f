"""Files and rows have their time; whoever is deleted forever is in none of them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact
from helpdesk.exchange import chores, store
from helpdesk.exchange.erasing import Needles, mentions, needles_of
from helpdesk.exchange.exporting.downloading import kept_file
from helpdesk.exchange.models import JobFile, Planned, PlannedKey
from helpdesk.jobs import actions
from helpdesk.jobs import chores as job_chores
from helpdesk.jobs.models import Job, JobRow
from helpdesk.jobs.states import State
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.ui.house import house
from helpdesk.users.actors import person
from helpdesk.users.erasing import Traces, wipe_log
from helpdesk.users.models import User
from tests.conftest import SignIn
from tests.contacts.traces import every_text, forget
from tests.exchange.exports import ask, exported
from tests.exchange.imports import BAD, GOOD, imported, queued
from tests.factories import make_admin, make_contact
from tests.jobs.test_engine import go

pytestmark = pytest.mark.django_db


Capture = Callable[..., AbstractContextManager[list[Callable[[], Any]]]]


def committed(callbacks: list[Callable[[], Any]]) -> None:
    """Inside a test's transaction the log of SQLite cannot be emptied; the rest of what follows a commit can be done."""
    for callback in callbacks:
        if callback is not wipe_log:
            callback()


@pytest.fixture
def alma(db: None) -> User:
    return make_admin()


def files_in(folder: Path) -> list[Path]:
    return [path for path in (folder / "files").rglob("*") if path.is_file()]


def ago(days: float) -> None:
    """As if all jobs had ended so many days ago."""
    Job.objects.update(finished_at=timezone.now() - timedelta(days=days))


class TestFiles:
    def test_of_a_writer_who_was_killed_before_its_commit_go_after_an_hour(self, alma: User) -> None:
        job = imported([GOOD], by=alma)
        kept, lost, fresh = store.folder(job), store.folder(job).parent / "7-abc", store.folder(job).parent / "8-abc"
        for folder in (lost, fresh):
            folder.mkdir()
            (folder / "source-1").write_text("Kim")
        for folder in (kept, lost):
            os.utime(folder, (time.time() - 4000,) * 2)
        chores.tidy()
        assert (kept.is_dir(), lost.is_dir(), fresh.is_dir()) == (True, False, True)

    def test_are_dated_by_the_settings_when_the_import_ends(self, alma: User) -> None:
        job = queued([GOOD], by=alma)
        assert JobFile.objects.get().expires_at is None
        go(job)
        job.refresh_from_db()
        assert job.finished_at is not None
        until = job.finished_at + timedelta(days=house().job_file_days)
        assert set(JobFile.objects.values_list("role", "expires_at")) == {("source", until), ("records", until)}

    def test_go_when_their_day_has_come_and_the_page_says_so(
        self, alma: User, sign_in: SignIn, folder: Path, django_capture_on_commit_callbacks: Capture
    ) -> None:
        job = imported([GOOD, BAD], by=alma)
        client = sign_in(alma)
        assert "Download failed rows" in client.get(job.get_absolute_url()).text
        JobFile.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        with django_capture_on_commit_callbacks(execute=True):
            assert chores.tidy() == {"exchange.JobFile": 2}
        assert not files_in(folder)
        seen = client.get(job.get_absolute_url()).text
        assert "The files of this import are not kept any more." in seen
        assert "Download failed rows" not in seen and "1 contact was imported" in seen

    def test_of_jobs_under_way_and_of_drafts_stay(self, alma: User) -> None:
        for state in (State.QUEUED, State.PAUSED, State.DRAFT):
            Job.objects.filter(pk=queued([GOOD], by=alma).pk).update(state=state)
        chores.tidy()
        assert JobFile.objects.count() == 3

    def test_of_an_import_that_went_on_are_dated_anew(self, alma: User) -> None:
        job = imported([GOOD], by=alma)
        JobFile.objects.update(expires_at=timezone.now() - timedelta(days=1))
        Job.objects.filter(pk=job.pk).update(state=State.CANCELLED, totals={}, cursor=None)
        job.refresh_from_db()
        actions.go_on(job, by=person(alma))
        assert not chores.tidy()
        go(job)
        assert not JobFile.objects.filter(expires_at__lt=timezone.now()).exists()

    def test_without_a_date_get_one(self, alma: User) -> None:
        imported([GOOD], by=alma)
        JobFile.objects.update(expires_at=None)
        ago(house().job_file_days + 1)
        assert chores.tidy() == {"exchange.JobFile": 2}


class TestRows:
    def test_go_after_two_years_and_the_totals_stay(self, alma: User, sign_in: SignIn) -> None:
        job = imported([GOOD, BAD], by=alma)
        ago(house().job_row_days - 1)
        assert job_chores.tidy() == 0
        ago(house().job_row_days + 1)
        assert job_chores.tidy() == 2
        job.refresh_from_db()
        assert not JobRow.objects.exists() and job.totals == {"created": 1, "failed": 1}
        seen = sign_in(alma).get(job.get_absolute_url()).text
        assert "The rows of this job are not kept any more." in seen
        assert not actions.can_undo(job)

    def test_go_with_what_a_review_remembered_once_the_import_has_ended(self, alma: User) -> None:
        job = queued([GOOD, ("Lee", "lee@acme.example", "", "")], by=alma)
        Job.objects.filter(pk=job.pk).update(state=State.DRAFT)
        actions.review(Job.objects.get(), by=person(alma))
        job = go(job)
        chores.tidy()
        assert (job.state, Planned.objects.count()) == ("reviewed", 2)
        actions.submit(job, by=person(alma))
        actions.cancel(Job.objects.get(), by=person(alma))
        chores.tidy()
        assert not Planned.objects.exists() and not PlannedKey.objects.exists()

    def test_go_with_the_selections_of_exports(self, alma: User) -> None:
        make_contact("Kim")
        job = exported(alma)
        ago(house().job_row_days + 1)
        assert job.blocks.count() == 1
        assert (job_chores.tidy(), job.blocks.count()) == (1, 0)


class TestDeletedForever:
    """What names the contact goes: in rows about it, in rows that failed, in files whole."""

    def texts(self, folder: Path) -> str:
        files = (path.read_bytes().decode("utf-8", "replace") for path in files_in(folder))
        return "\n".join([*(text for _place, text in every_text()), *files]).casefold()

    def test_files_rows_and_problems(
        self, alma: User, folder: Path, django_capture_on_commit_callbacks: Capture
    ) -> None:
        kim = make_contact("Former Walnut", email="walnut@acme.example")
        imported(
            [("Walnut Kim", "walnut@acme.example", "010-7777-1234", "likes walnuts")], by=alma, name="Walnut Kim.csv"
        )
        imported([("x", "walnut@acme.example; other", "", "")], by=alma)
        job = queued([("Walnut Kim", "walnut@acme.example", "010-7777-9999", "new")], by=alma)
        Job.objects.filter(pk=job.pk).update(state=State.DRAFT)
        actions.review(Job.objects.get(pk=job.pk), by=person(alma))
        go(job)
        assert "walnut" in self.texts(folder) and Planned.objects.exists() and PlannedKey.objects.exists()
        with django_capture_on_commit_callbacks() as callbacks:
            forget(Contact.objects.get(pk=kim.pk), person(alma))
        committed(callbacks)
        assert "walnut" not in self.texts(folder)
        assert not JobFile.objects.exists() and Job.objects.count() == 3

    def test_files_about_others_stay(self, alma: User, django_capture_on_commit_callbacks: Capture) -> None:
        kim = make_contact("Kim", email="other.kim@acme.example")
        imported([GOOD, BAD], by=alma)
        with django_capture_on_commit_callbacks() as callbacks:
            forget(kim, person(alma))
        committed(callbacks)
        assert JobFile.objects.count() == 2 and JobRow.objects.filter(problems__isnull=False).count() == 1

    def test_an_import_about_neighbours_runs(self, alma: User, django_capture_on_commit_callbacks: Capture) -> None:
        """Longer addresses, numbers in which the person's number stands, a file of the person's name."""
        kim = make_contact("Walnut", email="kim@acme.example", external_id="10000", mobile_phone="010-1111-2222")
        rows = [
            ("E", "minkim@acme.example", "010-1111-22223", "order 110000 won"),
            ("F", "kim@acme.example.kr", "", ""),
        ]
        job = queued(rows, by=alma, name="Walnut.csv")
        with django_capture_on_commit_callbacks() as callbacks:
            forget(kim, person(alma))
        committed(callbacks)
        assert {file.name for file in JobFile.objects.all()} == {"[erased].csv"}
        job = go(job)
        assert (job.state, job.totals, job.params["file"]) == ("done", {"created": 2}, "[erased]")

    @pytest.mark.parametrize("name", ["contact", "contacts", "name", "email", "e", "en", "csv", "utf", "row", "done"])
    def test_jobs_of_others_go_on_whatever_the_person_was_called(
        self, name: str, alma: User, sign_in: SignIn, django_capture_on_commit_callbacks: Capture
    ) -> None:
        make_contact("Someone")
        done, export, waiting = exported(alma, "q=Someone"), ask(alma), queued([GOOD], by=alma)
        for job in (done, export, waiting):
            store.folder(job)
        letters = OutgoingEmail.objects.count()
        person_ = make_contact(name, email=f"{name}@walnut.example")
        with django_capture_on_commit_callbacks() as callbacks:
            forget(person_, person(alma))
        committed(callbacks)
        assert OutgoingEmail.objects.count() == letters == 1
        assert [go(job).state for job in (export, waiting)] == ["done", "done"]
        desk = sign_in(alma)
        pages = [reverse("jobs:list"), *(job.get_absolute_url() for job in (done, export, waiting))]
        assert [desk.get(page).status_code for page in pages] == [200] * 4

    def test_folders_of_others_stay(self, alma: User, django_capture_on_commit_callbacks: Capture) -> None:
        """Their names are random, and any short name stands in some of them."""
        make_contact("Someone")
        job = exported(alma)
        name = job.params["folder"].partition("-")[2]
        with django_capture_on_commit_callbacks() as callbacks:
            forget(make_contact(name, email="walnut@acme.example"), person(alma))
        committed(callbacks)
        job.refresh_from_db()
        assert kept_file(job) is not None

    def test_a_letter_that_waits_arrives_without_the_name(
        self, alma: User, django_capture_on_commit_callbacks: Capture
    ) -> None:
        imported([GOOD], by=alma, name="Walnut & Kim.csv")
        letter = OutgoingEmail.objects.get()
        assert "Walnut & Kim.csv" in letter.text and "Walnut &amp; Kim.csv" in letter.html
        with django_capture_on_commit_callbacks() as callbacks:
            forget(make_contact("Walnut & Kim", email="walnut@acme.example"), person(alma))
        committed(callbacks)
        letter.refresh_from_db()
        assert letter.state == "queued" and "[erased].csv" in letter.text and "[erased].csv" in letter.html
        assert "Walnut" not in f"{letter.subject}{letter.text}{letter.html}"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "cp949"])
    def test_an_address_is_found_in_any_encoding_and_case(self, encoding: str, tmp_path: Path) -> None:
        needles = needles_of(Traces(kind="contacts.contact", ids=[1], emails=["kim@acme.example"]))
        own = [
            "가" * 5_000_000 + ",KIM@acme.example\n",
            "kim@acme.example",
            "메일:kim@acme.example.",
            "똠kim@acme.example",
        ]
        longer = ["가,kima@acme.example\n", "minkim@acme.example", "a.kim@acme.example"]
        longer += ["kim@acme.example.kr", "kim@acme.examples"]
        assert missed(own, needles, tmp_path, encoding) == []
        assert missed(longer, needles, tmp_path, encoding) == longer

    def test_a_number_is_found_behind_an_escape_and_not_in_a_longer_one(self, tmp_path: Path) -> None:
        needles = needles_of(Traces(kind="contacts.contact", ids=[1], numbers=["10000", "123"]))
        block = 1 << 22
        own = ['["a\\n10000"]', "_x000D_10000", "no. 10000, then"]
        own += ["x" * (block - 3) + ",10000", "y" * (block - 9) + ",10000,"]
        longer = ["110000", "100001", "a10000", "10000b", "123"]
        longer += ["x" * (block - 3) + "10000", "," * (block - 5) + "100001"]
        assert missed(own, needles, tmp_path) == []
        assert missed(longer, needles, tmp_path) == longer


def missed(texts: list[str], needles: Needles, folder: Path, encoding: str = "utf-8") -> list[str]:
    """In which of these texts, as files, nothing is found."""
    path = folder / "file"

    def is_missed(text: str) -> bool:
        path.write_bytes(text.encode(encoding))
        return not mentions(path, needles)

    return list(filter(is_missed, texts))


def test_dropping_files_leaves_the_job(alma: User) -> None:
    job = imported([GOOD], by=alma)
    store.drop(job)
    assert Job.objects.get().totals == {"created": 1}
