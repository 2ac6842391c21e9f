"""Notes on contacts and companies: added once, edited by their author, deleted by author or admin; text stays text."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models
from django.test import Client
from django.utils import timezone

from helpdesk.audit.models import AuditEntry
from helpdesk.timeline import actions
from helpdesk.timeline.actions import add_note, delete_note, edit_note, erase_notes
from helpdesk.timeline.models import Note
from helpdesk.ui.conflicts import EditConflict
from helpdesk.ui.once import new_form_id
from helpdesk.users import actors
from helpdesk.users.models import User
from tests.factories import make_agent, make_company, make_contact

pytestmark = pytest.mark.django_db
MAKERS = [make_contact, make_company]


@pytest.fixture(params=MAKERS, ids=["contact", "company"])
def subject(request: pytest.FixtureRequest) -> Any:
    return request.param("Kim")


def notes_url(subject: Any, note: Note | None = None, act: str = "") -> str:
    return f"{subject.get_absolute_url()}notes/" + (f"{note.pk}/" if note else "") + (f"{act}/" if act else "")


def user_of(client: Client) -> User:
    user: User = client.user  # type: ignore[attr-defined]
    return user


def note_by(user: User, subject: models.Model, text: str = "Called back.") -> Note:
    return add_note(subject, text, by=actors.person(user))


def page(client: Client, subject: Any) -> str:
    return client.get(subject.get_absolute_url()).content.decode()


class TestAdding:
    def test_is_written_under_ones_name_and_in_the_record(self, as_agent: Client, subject: Any) -> None:
        answer = as_agent.post(notes_url(subject), {"text": "Called back.\r\nWants a quote."})
        assert answer["Location"] == f"{subject.get_absolute_url()}#timeline"
        note = Note.objects.about(subject).get()
        assert (note.author_id, note.author_name, note.version) == (user_of(as_agent).pk, "Ada Agent", 1)
        assert "Called back.<br>Wants a quote." in page(as_agent, subject)
        entry = AuditEntry.objects.get(action="note.add")
        assert (entry.target_id, entry.changes["note"][0]) == (subject.pk, None)

    def test_a_double_click_adds_one(self, as_agent: Client, subject: Any) -> None:
        sent = {"text": "Called back.", "form_id": new_form_id()}
        for _ in range(2):
            as_agent.post(notes_url(subject), sent)
        assert Note.objects.count() == 1

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "This field is required."),
            (" \n ", "This field is required."),
            ("a\x00b", "characters that cannot be used"),
            ("x" * 10_001, "at most 10000 characters"),
        ],
    )
    def test_what_cannot_be_kept_is_refused_with_the_reason(
        self, as_agent: Client, subject: Any, text: str, reason: str
    ) -> None:
        answer = as_agent.post(notes_url(subject), {"text": text})
        assert answer.status_code == 422
        assert reason in answer.content.decode()
        assert not Note.objects.exists()

    def test_the_longest_note_is_taken(self, as_agent: Client, subject: Any) -> None:
        as_agent.post(notes_url(subject), {"text": "가" * 10_000})
        assert len(Note.objects.get().text) == 10_000

    def test_nothing_is_written_about_what_was_deleted_and_what_was_typed_is_kept(
        self, as_agent: Client, subject: Any
    ) -> None:
        type(subject).objects.filter(pk=subject.pk).update(deleted_at=timezone.now())
        assert 'name="text"' not in page(as_agent, subject)
        answer = as_agent.post(notes_url(subject), {"text": "Called back."})
        assert answer.status_code == 409
        assert "Called back.</textarea>" in answer.text and "Restore it to write notes." in answer.text
        assert not Note.objects.exists()

    def test_what_is_deleted_for_good_meanwhile_leaves_no_note_behind(
        self, as_agent: Client, subject: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def late(about: Any, text: str, *, by: Any) -> Note:
            type(subject).objects.filter(pk=subject.pk).delete()
            return add_note(about, text, by=by)

        monkeypatch.setattr(actions, "add_note", late)
        answer = as_agent.post(notes_url(subject), {"text": "Called back.", "form_id": new_form_id()})
        assert answer.status_code == 409
        assert "Called back.</textarea>" in answer.text and "It was deleted for good in the meantime." in answer.text
        assert not Note.objects.exists()
        assert not AuditEntry.objects.filter(action="note.add").exists()


class TestText:
    def test_is_escaped_and_addresses_become_links(self, as_agent: Client, subject: Any) -> None:
        note_by(user_of(as_agent), subject, '<script>alert(1)</script> see https://acme.example/?a=1&b=2 "x"')
        shown = page(as_agent, subject)
        assert "<script>alert(1)" not in shown
        assert '<a href="https://acme.example/?a=1&amp;b=2" rel="nofollow">' in shown

    @pytest.mark.parametrize(
        "text", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "<a href=javascript:x>y</a>"]
    )
    def test_only_web_addresses_become_links(self, as_agent: Client, subject: Any, text: str) -> None:
        note_by(user_of(as_agent), subject, text)
        shown = page(as_agent, subject)
        for scheme in ("javascript:", "data:text", "vbscript:"):
            assert f'href="{scheme}' not in shown.lower()


class TestEditing:
    def test_changes_the_text_and_says_so(self, as_agent: Client, subject: Any) -> None:
        note = note_by(user_of(as_agent), subject)
        assert 'name="version" value="1"' in as_agent.get(notes_url(subject, note)).content.decode()
        as_agent.post(notes_url(subject, note), {"text": "Called again.", "version": "1"})
        note.refresh_from_db()
        assert (note.text, note.version) == ("Called again.", 2)
        assert note.edited_at is not None
        assert AuditEntry.objects.get(action="note.edit").changes == {"note": ["Called back.", "Called again."]}
        assert "edited" in page(as_agent, subject)

    def test_the_second_of_two_windows_is_told_and_loses_nothing(self, as_agent: Client, subject: Any) -> None:
        note = note_by(user_of(as_agent), subject)
        as_agent.post(notes_url(subject, note), {"text": "From the first window.", "version": "1"})
        answer = as_agent.post(notes_url(subject, note), {"text": "From the second.", "version": "1"})
        shown = answer.content.decode()
        assert answer.status_code == 409
        for words in ("From the first window.", "From the second.", 'name="version" value="2"'):
            assert words in shown
        note.refresh_from_db()
        assert note.text == "From the first window."

    def test_a_double_click_is_no_conflict(self, as_agent: Client, subject: Any) -> None:
        note = note_by(user_of(as_agent), subject)
        answers = [as_agent.post(notes_url(subject, note), {"text": "Once.", "version": "1"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert AuditEntry.objects.filter(action="note.edit").count() == 1

    def test_the_same_text_again_leaves_no_trace(self, subject: Any) -> None:
        ada = make_agent()
        note = note_by(ada, subject)
        edit_note(note, note.text, about=subject, version=1, by=actors.person(ada))
        assert Note.objects.get().edited_at is None
        assert not AuditEntry.objects.filter(action="note.edit").exists()

    @pytest.mark.parametrize("version", ["", "0", "x", "99999999999", "2"])
    def test_a_forged_version_changes_nothing(self, as_agent: Client, subject: Any, version: str) -> None:
        note = note_by(user_of(as_agent), subject)
        assert as_agent.post(notes_url(subject, note), {"text": "New", "version": version}).status_code == 409
        assert Note.objects.get().text == "Called back."

    def test_one_edits_only_ones_own(self, as_admin: Client, subject: Any) -> None:
        note = note_by(make_agent(), subject)
        assert as_admin.get(notes_url(subject, note)).status_code == 404
        assert as_admin.post(notes_url(subject, note), {"text": "Mine", "version": "1"}).status_code == 404
        assert f'href="{notes_url(subject, note)}"' not in page(as_admin, subject)

    def test_an_edit_of_a_note_that_is_gone_is_a_conflict(self, subject: Any) -> None:
        ada = make_agent()
        note = note_by(ada, subject)
        Note.objects.all().delete()
        with pytest.raises(EditConflict):
            edit_note(note, "Late", about=subject, version=1, by=actors.person(ada))


class TestDeleting:
    def test_the_author_does_after_a_question(self, as_agent: Client, subject: Any) -> None:
        note = note_by(user_of(as_agent), subject)
        assert "Called back." in as_agent.get(notes_url(subject, note, "delete")).content.decode()
        as_agent.post(notes_url(subject, note, "delete"))
        assert not Note.objects.exists()
        assert AuditEntry.objects.get(action="note.delete").changes == {"note": ["Called back.", None]}

    def test_an_admin_deletes_anybodys_and_an_agent_does_not(
        self, as_admin: Client, as_supervisor: Client, subject: Any
    ) -> None:
        note = note_by(make_agent(), subject)
        url = notes_url(subject, note, "delete")
        assert as_supervisor.post(url).status_code == 403
        assert f'href="{url}"' not in page(as_supervisor, subject)
        assert f'href="{url}"' in page(as_admin, subject)
        as_admin.post(url)
        assert not Note.objects.exists()

    def test_of_two_at_once_one_deletes(self, subject: Any) -> None:
        ada = make_agent()
        note = note_by(ada, subject)
        for _ in range(2):
            delete_note(Note.objects.filter(pk=note.pk).first() or note, about=subject, by=actors.person(ada))
        assert AuditEntry.objects.filter(action="note.delete").count() == 1


def test_a_note_belongs_to_its_subject_alone(as_agent: Client) -> None:
    contact, company = make_contact(), make_company()
    note = note_by(user_of(as_agent), contact)
    for stranger in (company, make_contact()):
        assert as_agent.get(notes_url(stranger, note)).status_code == 404
        assert as_agent.post(notes_url(stranger, note, "delete")).status_code == 404


def test_notes_are_erased_with_somebody() -> None:
    ada, one, two = make_agent(), make_contact(), make_contact()
    notes = [note_by(ada, contact) for contact in (one, two)]
    assert erase_notes("contacts.contact", [one.pk]) == 1
    assert list(Note.objects.all()) == [notes[1]]
