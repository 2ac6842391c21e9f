"""A letter sent again is wanted by whoever wanted the first one: every notice that asks, asks about the same person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.actions import standing
from contacts.models import Contact
from helpdesk.exchange.models import JobFile
from helpdesk.exchange.notices import JOB
from helpdesk.jobs.models import Job
from helpdesk.outbox.actions import resend
from helpdesk.outbox.models import OutgoingEmail, State
from helpdesk.outbox.notices import CATALOGUE
from helpdesk.outbox.posting import post
from helpdesk.team.actions.invitations import invite
from helpdesk.users import actors
from helpdesk.users.models import User
from helpdesk.users.roles import Role
from tests.factories import make_admin, make_agent, make_contact, make_customer
from tests.letters import letter

pytestmark = pytest.mark.django_db
BY = actors.system("command")
ASKING = {code for code, notice in CATALOGUE.items() if notice.still_wanted}

Written = tuple[OutgoingEmail, Callable[[], object]]
"""A letter that has gone its way, and what makes it unwanted."""


def _posted(code: str, to: str, about: tuple[str, int], cause: str = "") -> OutgoingEmail:
    written = letter(cause=cause or f"{code}:{about[1]}", to_email=to, about=about, link=None)
    post(CATALOGUE[code], [written], by=BY)
    row = OutgoingEmail.objects.get(cause=written.cause)
    OutgoingEmail.objects.filter(pk=row.pk).update(state=State.UNKNOWN)
    return row


def _to_contact(code: str, contact: Contact) -> Written:
    row = _posted(code, "kim@acme.example", ("contacts.contact", contact.pk))
    return row, lambda: standing.delete(contact, by=BY)


def _to_agent(code: str, user: User, to: str = "") -> Written:
    return _posted(code, to or user.email, ("users.user", user.pk)), _leaving(user)


def _invited() -> User:
    return invite("new@helpdesk.example", name="Nari New", role=Role.AGENT, language="en", by=BY)


def _about_export(code: str) -> Written:
    owner = make_admin()
    job = Job.objects.create(kind="contacts.export", owner=owner)
    JobFile.objects.create(
        job=job, role=JobFile.Role.RESULT, name="a.csv", size=1, expires_at=timezone.now() + timedelta(days=1)
    )
    return _posted(code, owner.email, (JOB, job.pk)), _leaving(owner)


def _about_import(code: str) -> Written:
    """To somebody else than began it."""
    job, reader = Job.objects.create(kind="contacts.import", owner=make_admin()), make_admin()
    return _posted(code, reader.email, (JOB, job.pk), f"import:{job.pk}:1:{reader.pk}"), _leaving(reader)


def _leaving(user: User) -> Callable[[], object]:
    return lambda: User.objects.filter(pk=user.pk).update(is_active=False)


LETTERS: dict[str, Callable[[str], Written]] = {
    "user_activation": lambda code: _to_contact(code, make_contact(email="kim@acme.example")),
    "password_reset": lambda code: _to_contact(code, make_customer(email="kim@acme.example")),
    "team_invitation": lambda code: _to_agent(code, _invited()),
    "team_reset": lambda code: _to_agent(code, make_agent()),
    "team_email": lambda code: _to_agent(code, make_agent(), to="new@helpdesk.example"),
    "export_ready": _about_export,
    "export_failed": _about_export,
    "import_ended": _about_import,
}


def test_every_notice_that_asks_is_tried_here() -> None:
    assert set(LETTERS) == ASKING


@pytest.mark.parametrize("code", sorted(LETTERS))
def test_is_asked_about_the_same_person_however_often_it_is_sent_again(code: str) -> None:
    row, leave = LETTERS[code](code)
    wanted = CATALOGUE[code].still_wanted
    assert wanted is not None
    for _time in range(2):
        row = resend(row, by=BY)
        OutgoingEmail.objects.filter(pk=row.pk).update(state=State.UNKNOWN)
        row.refresh_from_db()
    assert wanted(row) == ""
    leave()
    assert wanted(row) != ""


def test_where_the_first_letter_is_gone_its_address_says_who_read_of_an_import() -> None:
    first, leave = _about_import("import_ended")
    row, wanted = resend(first, by=BY), CATALOGUE["import_ended"].still_wanted
    first.delete()
    row.refresh_from_db()
    assert wanted is not None and wanted(row) == ""
    leave()
    assert wanted(row) == "The agent was deactivated."
