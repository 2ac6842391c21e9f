"""An import gives people who sign in another primary email: each is told at both addresses, and no chunk takes long over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.imports import chunks, undoing
from contacts.models import Address
from contacts.notices import PRIMARY_CHANGED
from helpdesk.jobs import kinds
from helpdesk.jobs.kinds import Done
from helpdesk.jobs.models import Job
from helpdesk.jobs.tasks import run as bell
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.outbox.writing import write
from helpdesk.users.models import User
from tests.contacts.imports.spreadsheet import KIND, import_rows, outcomes, undo
from tests.factories import make_contact, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "apply_async", lambda args, **_options: None)


def customers(*names: str) -> list[list[str]]:
    """They sign in; the rows that move each to another address."""
    for name in names:
        make_customer(name, email=f"{name}@old.example", external_id=name)
    return [[name, f"{name}@new.example"] for name in names]


def moved(*rows: list[str]) -> Job:
    return import_rows(["external_id", "email"], *rows, primary_from_file=True)


def told() -> list[str]:
    letters = OutgoingEmail.objects.filter(notice=PRIMARY_CHANGED.code)
    return sorted(letters.values_list("to_email", flat=True))


def primaries() -> list[str]:
    return sorted(Address.objects.filter(is_primary=True).values_list("email", flat=True))


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Rows of each chunk that was done or undone, where two people fill one."""
    monkeypatch.setattr(chunks, "MOST_TOLD", 2)
    monkeypatch.setattr(undoing, "MOST_TOLD", 2)
    counted, kind = list[int](), kinds.KINDS[KIND]

    def counting(work: Callable[..., Done]) -> Callable[..., Done]:
        def counts(job: Job, rows: Any) -> Done:
            found = work(job, rows)
            counted.append(sum(found.counts.values()))
            return found

        return counts

    assert kind.undo is not None
    monkeypatch.setitem(kinds.KINDS, KIND, replace(kind, work=counting(kind.work), undo=counting(kind.undo)))
    return counted


def test_few_are_told_in_one_chunk_and_none_of_them_twice(done: list[int]) -> None:
    rows = customers("a", "b", "c", "d", "e")
    job = moved(*rows[:3], ["new", "new@example.com"], *rows[3:])
    assert (job.state, job.totals, done) == ("done", {"updated": 5, "created": 1}, [2, 2, 2])
    assert outcomes(job) == [*["updated"] * 3, "created", *["updated"] * 2]
    assert told() == sorted(f"{name}@{where}.example" for name in "abcde" for where in ("old", "new"))


def test_taking_it_back_tells_few_in_one_chunk_too(done: list[int]) -> None:
    rows = customers("a", "b", "c", "d", "e")
    job = moved(*rows, ["new", "new@example.com"])
    done.clear()
    job = undo(job)
    assert (job.state, job.undo_totals, done) == ("undone", {"restored": 5, "removed": 1}, [3, 2, 1])
    assert primaries() == [f"{name}@old.example" for name in "abcde"]
    assert len(told()) == 20


def test_who_is_not_told_fills_no_chunk(done: list[int]) -> None:
    for name in "abcde":
        make_contact(name, email=f"{name}@old.example", external_id=name)
    job = moved(*[[name, f"{name}@new.example"] for name in "abcde"])
    assert (job.totals, done, told()) == ({"updated": 5}, [5], [])


def test_many_are_told_by_as_many_queries_as_few() -> None:
    def queries(act: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as seen:
            act()
        return len(seen)

    few, many = customers(*"ab"), customers(*"klmnopqrst")
    jobs = list[Job]()
    assert queries(lambda: jobs.append(moved(*few))) == queries(lambda: jobs.append(moved(*many)))
    assert queries(lambda: undo(jobs[0])) == queries(lambda: undo(jobs[1]))
    assert len(told()) == 48
    assert set(User.objects.values_list("email", flat=True)) == {f"{name}@old.example" for name in "abklmnopqrst"}


def test_both_letters_are_the_same_words_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written = list[str]()

    def counted(template: str, *arguments: Any, **options: Any) -> Any:
        written.append(template)
        return write(template, *arguments, **options)

    monkeypatch.setattr("helpdesk.outbox.addressing.write", counted)
    moved(*customers("a"))
    assert written == ["contacts/primary_changed"]
    old, new = OutgoingEmail.objects.filter(notice=PRIMARY_CHANGED.code).order_by("pk")
    assert (old.to_email, new.to_email) == ("a@old.example", "a@new.example")
    assert (old.subject, old.text, old.html) == (new.subject, new.text, new.html)
