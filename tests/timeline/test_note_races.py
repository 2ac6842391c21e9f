"""A note in the moment in which its subject is merged away or removed: it is kept in sight, or refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from companies.imports import undoing as undoing_companies
from companies.models import Company
from contacts.actions import merging
from contacts.imports import undoing as undoing_contacts
from contacts.models import Contact
from helpdesk.jobs.tasks import run
from helpdesk.timeline.actions import SubjectGone, add_note
from helpdesk.timeline.models import Note
from helpdesk.users import actors
from tests.contacts.imports.spreadsheet import import_rows, make_job, undo
from tests.contacts.imports.spreadsheet import run as run_job
from tests.factories import make_contact
from tests.overlapping import apart, beside

pytestmark = [pytest.mark.django_db(transaction=True), apart]
BY = actors.system("command")


@pytest.fixture(autouse=True)
def no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "apply_async", lambda *_args, **_options: None)


def called(subject: Any) -> Callable[[], Note]:
    return partial(add_note, subject, "Called back.", by=BY)


@pytest.mark.parametrize("is_first", [True, False])
def test_whoever_merges_meanwhile_takes_the_note_along(is_first: bool) -> None:
    kim, other = make_contact("Kim"), make_contact("Other")
    merge = partial(merging.merge_contacts, kim, [other], {}, versions={kim.pk: 1, other.pk: 1}, by=BY)
    first, second = (called(other), merge) if is_first else (merge, called(other))
    with transaction.atomic():
        first()
        later = beside(second)
    later.result()
    assert Note.objects.get().about_id == kim.pk


def made(sheet: str) -> Any:
    job = run_job(make_job(["name"], [["Acme"]], sheet="companies")) if sheet == "companies" else None
    job = job or import_rows(["email", "name"], ["kim@example.com", "Kim"])
    return job, (Company if sheet == "companies" else Contact).objects.get()


@pytest.mark.parametrize("sheet", ["contacts", "companies"])
def test_undoing_an_import_waits_for_a_note_and_leaves_its_subject(sheet: str) -> None:
    job, subject = made(sheet)
    with transaction.atomic():
        called(subject)()
        undone = beside(partial(undo, job))
    assert undone.result().undo_totals == {"left": 1}
    assert type(subject).objects.filter(pk=Note.objects.get().about_id).exists()


@pytest.mark.parametrize(("sheet", "room"), [("contacts", undoing_contacts), ("companies", undoing_companies)])
def test_a_note_waits_for_the_undoing_and_is_refused(sheet: str, room: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    job, subject = made(sheet)
    used, later = room._used, list[Future[Any]]()

    def interrupted(*asked: Any) -> Any:
        found = used(*asked)
        later.append(beside(called(subject)))
        return found

    monkeypatch.setattr(room, "_used", interrupted)
    assert undo(job).undo_totals == {"removed": 1}
    with pytest.raises(SubjectGone):
        later[0].result()
    assert not Note.objects.exists()


def test_a_company_made_along_stays_for_a_note_of_that_moment() -> None:
    job = import_rows(["email", "company"], ["kim@example.com", "Globex"])
    globex = Company.objects.get()
    with transaction.atomic():
        called(globex)()
        undone = beside(partial(undo, job))
    assert undone.result().undo_totals == {"removed": 1}
    assert Company.objects.get() == globex
