"""Download everything about this contact: a zip, made while it is sent."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.actions.activation import send_activations
from contacts.actions.drafts import Draft
from contacts.actions.records import create_contact
from contacts.models import Contact
from contacts.queries.everything import everything_about
from helpdesk.audit.models import AuditEntry
from helpdesk.outbox.models import LINK_PLACEHOLDER, OutgoingEmail
from helpdesk.timeline.actions import add_note
from helpdesk.ui.zipping import zipped
from helpdesk.users.actors import person
from helpdesk.users.models import User
from tests.conftest import SignIn
from tests.contacts.test_merging import merge
from tests.factories import make_agent, make_company, make_contact, make_supervisor
from tests.timeline.test_timeline import fill

pytestmark = pytest.mark.django_db


def taken(browser: Client, contact: Contact) -> ZipFile:
    answer = browser.post(reverse("contacts:download", args=[contact.pk]))
    assert answer.status_code == 200
    return ZipFile(io.BytesIO(b"".join(answer)))


def data_of(archive: ZipFile) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(archive.read("data.json"))
    return found


@pytest.fixture
def kim(db: None) -> Contact:
    by = person(make_agent())
    kim = create_contact(
        Draft(
            name="김민준", emails=("kim@acme.example", "k2@acme.example"), company=make_company("Acme"), tags=("vip",)
        ),
        by=by,
        send_activation=False,
    )
    add_note(kim, "calls on Fridays", by=by)
    send_activations([kim.pk], by=by)
    merge(kim, make_contact("Kim Copy", job_title="Head"), by=by)
    return Contact.objects.get(pk=kim.pk)


class TestWhatIsInIt:
    def test_fields_and_all_that_the_timeline_tells(self, as_supervisor: Client, kim: Contact) -> None:
        data = data_of(taken(as_supervisor, kim))
        contact = data["contact"]
        assert (contact["name"], contact["company"], contact["tags"]) == ("김민준", "Acme", ["vip"])
        assert [email["email"] for email in contact["emails"]][:2] == ["kim@acme.example", "k2@acme.example"]
        assert [note["note"] for note in data["notes"]] == ["calls on Fridays"]
        assert [letter["to"] for letter in data["letters"]] == ["kim@acme.example"]
        assert {"merged contacts" in fact["did"] or fact["did"] for fact in data["record"]} >= {"created a contact"}
        assert [merged["name"] for merged in data["merged_contacts"]] == ["Kim Copy"]
        assert data["merges"][0]["names"] == ["Kim Copy"]

    def test_letters_without_their_secret_links(self, as_supervisor: Client, kim: Contact) -> None:
        letter = OutgoingEmail.objects.get(about_id=kim.pk)
        assert LINK_PLACEHOLDER in letter.text
        archive = taken(as_supervisor, kim)
        text = archive.read(f"letters/{letter.pk}.txt").decode()
        assert letter.subject in text
        assert "[link]" in text
        assert not any(b"link.invalid" in archive.read(name) for name in archive.namelist())

    def test_a_readme_in_the_language_of_whoever_asks(self, sign_in: SignIn, kim: Contact) -> None:
        for language, words in (("en", "Everything about contact"), ("ko", f"#{kim.pk}")):
            reader = make_supervisor(email=f"{language}@helpdesk.example", language=language)
            assert words in taken(sign_in(reader), kim).read("README.txt").decode()

    def test_also_of_a_deleted_contact(self, as_supervisor: Client, kim: Contact) -> None:
        as_supervisor.post(reverse("contacts:delete", args=[kim.pk]))
        assert data_of(taken(as_supervisor, kim))["contact"]["deleted_at"]

    def test_of_a_contact_with_next_to_nothing(self, as_supervisor: Client) -> None:
        archive = taken(as_supervisor, make_contact(email=None, external_id="1"))
        assert archive.namelist() == ["README.txt", "data.json"]
        assert data_of(archive)["letters"] == []

    def test_letters_with_strange_names_in_them(self, as_supervisor: Client) -> None:
        contact = make_contact('../"../\r\nX-Evil: 1 \u202e😀')
        answer = as_supervisor.post(reverse("contacts:download", args=[contact.pk]))
        assert answer["Content-Disposition"] == f'attachment; filename="contact-{contact.pk}.zip"'
        assert data_of(ZipFile(io.BytesIO(b"".join(answer))))["contact"]["name"] == contact.name


class TestTheDoor:
    def test_is_an_attachment_nobody_keeps(self, as_supervisor: Client, kim: Contact) -> None:
        answer = as_supervisor.post(reverse("contacts:download", args=[kim.pk]))
        assert answer["Content-Type"] == "application/zip"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"
        b"".join(answer)

    def test_each_download_is_in_the_log(self, as_supervisor: Client, kim: Contact) -> None:
        for _time in range(2):
            taken(as_supervisor, kim)
        lines = AuditEntry.objects.filter(action="access.download", target_id=kim.pk)
        assert [(line.actor_name, line.ip) for line in lines] == [("Sora Supervisor", "127.0.0.1")] * 2

    def test_a_link_takes_nothing(self, as_supervisor: Client, kim: Contact) -> None:
        assert as_supervisor.get(reverse("contacts:download", args=[kim.pk])).status_code == 405
        assert not AuditEntry.objects.filter(action="access.download").exists()

    def test_agents_get_none_and_see_no_button(self, as_agent: Client, kim: Contact) -> None:
        assert as_agent.post(reverse("contacts:download", args=[kim.pk])).status_code == 403
        assert "Download everything" not in as_agent.get(kim.get_absolute_url()).content.decode()


class TestMuchOfIt:
    def test_ten_thousand_events_each_once_in_few_queries(self) -> None:
        contact = make_contact()
        fill(contact, 10_000)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            archive = ZipFile(io.BytesIO(b"".join(zipped(everything_about(contact)))))
        data = data_of(archive)
        counts = {name: len({fact["number"] for fact in data[name]}) for name in ("record", "letters", "notes", "jobs")}
        assert counts == {"record": 4000, "letters": 2000, "notes": 2000, "jobs": 2000}
        assert len([name for name in archive.namelist() if name.startswith("letters/")]) == 4000
        assert len(asked) < 150

    def test_is_sent_in_small_pieces(self) -> None:
        def parts() -> Iterator[str]:
            for number in range(2000):
                yield f"{number * 7919:0500x}"[:500]

        pieces = list(zipped([("a.txt", parts()), ("b.txt", ["b"])]))
        assert max(map(len, pieces)) < 70_000
        assert ZipFile(io.BytesIO(b"".join(pieces))).testzip() is None


def test_whoever_asks_is_no_part_of_it(as_supervisor: Client, kim: Contact) -> None:
    assert isinstance(as_supervisor.user, User)  # type: ignore[attr-defined]
    assert as_supervisor.user.email not in taken(as_supervisor, kim).read("data.json").decode()  # type: ignore[attr-defined]
