"""Whom an import made is invited only where that was asked for, by a job that can be watched."""

from __future__ import annotations

import pytest

from contacts.acts.invitations import ACTIVATE
from contacts.models import Contact
from helpdesk.jobs.models import Job
from helpdesk.jobs.tasks import run as bell
from tests.contacts.imports.spreadsheet import import_rows
from tests.factories import make_contact

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "apply_async", lambda args, **_options: None)


def test_an_import_invites_nobody_by_itself() -> None:
    import_rows(["email"], ["kim@example.com"])
    assert not Job.objects.filter(kind=ACTIVATE.name).exists()


def test_where_asked_for_a_job_invites_those_who_were_created_and_can_be() -> None:
    make_contact("Known", email="known@example.com")
    columns = ["email", "external_id", "name"]
    rows = [["kim@example.com", "", "Kim"], ["", "X", "No email"], ["known@example.com", "", "Updated"]]
    import_rows(columns, *rows, send_activation=True)
    job = Job.objects.get(kind=ACTIVATE.name)
    assert (job.state, [one.target_id for one in job.targets.all()]) == ("queued", [Contact.objects.get(name="Kim").pk])
