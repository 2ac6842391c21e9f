"""Any story of a few contacts keeps the invariants and loses nothing: hypothesis makes the stories up.

Whatever happens to them, each person is somebody or has become part of somebody, every note and letter is somebody's, and
undoing all merges brings everybody back.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import hypothesis.strategies as st
import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from contacts.actions import standing
from contacts.actions.activation import send_activations
from contacts.actions.addresses import Taken, TooManyAddresses
from contacts.actions.drafts import Draft
from contacts.actions.merging import merge_contacts
from contacts.actions.passwords import change_password
from contacts.actions.records import ExternalIdTaken, Unreachable, create_contact, edit_contact
from contacts.actions.signins import Refused
from contacts.actions.tags import add_tags
from contacts.actions.unmerging import unmerge
from contacts.models import Address, Contact, Merge
from contacts.notices import CONTACT
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.timeline.actions import add_note
from helpdesk.timeline.models import Note
from helpdesk.users import actors
from tests.faults.invariants import check_invariants

STORIES = int(os.environ.get("STORIES", "4"))
SYSTEM = actors.system("command")
NAMES = ("Kim", "김민준", "Lee", "O'Connor")
EMAILS = tuple(f"{name}@acme.example" for name in "abcdefghijkl")
PHONES = ("", "010-1234-5678", "02-123-4567")
IDS = ("", "1", "2", "3")
WHO = st.integers(0, 7)
CHOSEN = st.dictionaries(st.sampled_from(("name", "primary", "external_id", "notes")), WHO)
NO = (Refused, Taken, TooManyAddresses, ExternalIdTaken, Unreachable)


@contextmanager
def perhaps() -> Iterator[None]:
    """A verb may refuse, and has then done nothing."""
    try:
        with transaction.atomic():
            yield
    except NO:
        pass


class Story(RuleBasedStateMachine):
    """People are named by their place among all that ever were; a rule that finds nobody does nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.unwind = transaction.atomic()
        self.unwind.__enter__()
        self.notes: dict[int, str] = {}
        self.letters: set[int] = set()
        self.people: set[int] = set()

    def teardown(self) -> None:
        try:
            self._undone()
        finally:
            transaction.set_rollback(True)
            self.unwind.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        for number in range(6):
            name, ident = NAMES[number % 4], IDS[number] if number < len(IDS) else ""
            self._made(Draft(name=name, emails=(EMAILS[number],), external_id=ident, notes=f"n{number}"))
        change_password(Contact.objects.order_by("pk")[0], "a password of some length", must_change=False, by=SYSTEM)

    @rule(
        name=st.sampled_from(NAMES),
        emails=st.lists(st.sampled_from(EMAILS), max_size=4, unique=True),
        ident=st.sampled_from(IDS),
    )
    def create(self, name: str, emails: list[str], ident: str) -> None:
        with perhaps():
            self._made(Draft(name=name, emails=tuple(emails), external_id=ident))

    @rule(
        who=WHO, phone=st.sampled_from(PHONES), ident=st.sampled_from(IDS), title=st.sampled_from(("", "Head", "Buyer"))
    )
    def edit(self, who: int, phone: str, ident: str, title: str) -> None:
        if contact := self._somebody(who, deleted_at=None):
            self._saved(contact, replace(Draft.of(contact), mobile_phone=phone, external_id=ident, job_title=title))

    @rule(who=WHO, emails=st.lists(st.sampled_from(EMAILS), max_size=3, unique=True))
    def give_emails(self, who: int, emails: list[str]) -> None:
        if contact := self._somebody(who, deleted_at=None):
            draft = Draft.of(contact)
            self._saved(contact, replace(draft, emails=tuple(dict.fromkeys((*draft.emails, *emails)))))

    @rule(who=WHO, at=st.integers(0, 9))
    def remove_email(self, who: int, at: int) -> None:
        if contact := self._somebody(who, deleted_at=None):
            draft = Draft.of(contact)
            self._saved(contact, replace(draft, emails=draft.emails[:at] + draft.emails[at + 1 :]))

    @rule(who=WHO, at=st.integers(0, 9))
    def promote(self, who: int, at: int) -> None:
        if contact := self._somebody(who, deleted_at=None):
            draft = Draft.of(contact)
            first = draft.emails[at : at + 1]
            self._saved(contact, replace(draft, emails=tuple(dict.fromkeys((*first, *draft.emails)))))

    @rule(who=WHO)
    def tag(self, who: int) -> None:
        if contact := self._somebody(who, deleted_at=None):
            add_tags(contact, [contact.name], by=SYSTEM)

    @rule(who=WHO)
    def invite(self, who: int) -> None:
        if contact := self._somebody(who):
            send_activations([contact.pk], by=SYSTEM)
            self.letters |= set(OutgoingEmail.objects.values_list("pk", flat=True))

    @rule(who=WHO)
    def verify(self, who: int) -> None:
        if contact := self._somebody(who):
            with perhaps():
                change_password(contact, "a password of some length", must_change=False, by=SYSTEM)

    @rule(who=WHO, verb=st.sampled_from((standing.block, standing.unblock, standing.delete, standing.restore)))
    def stand(self, who: int, verb: object) -> None:
        if contact := self._somebody(who):
            verb(contact, by=SYSTEM)  # type: ignore[operator]

    @rule(who=st.lists(WHO, min_size=2, max_size=4), chosen=CHOSEN)
    def merge(self, who: list[int], chosen: dict[str, int]) -> None:
        found = [contact for place in who if (contact := self._somebody(place))]
        if not found:
            return
        choices = {field: one.pk for field, place in chosen.items() if (one := self._somebody(place))}
        with perhaps():
            merge_contacts(found[0], found[1:], choices, versions={one.pk: one.version for one in found}, by=SYSTEM)

    @rule(who=st.lists(WHO, min_size=2, max_size=2, unique=True), chosen=CHOSEN)
    def merge_two(self, who: list[int], chosen: dict[str, int]) -> None:
        self.merge(who, chosen)

    @precondition(lambda self: Merge.objects.exists())
    @rule(which=WHO)
    def undo(self, which: int) -> None:
        merges = list(Merge.objects.order_by("pk"))
        with perhaps():
            unmerge(merges[which % len(merges)], by=SYSTEM)

    @invariant()
    def nothing_is_broken(self) -> None:
        check_invariants()

    @invariant()
    def nobody_is_lost(self) -> None:
        assert set(Contact.objects.values_list("pk", flat=True)) == self.people
        gone = Contact.objects.filter(merged_into__isnull=False)
        assert not gone.filter(deleted_at=None).exists()
        assert not gone.filter(merged_into__merged_into__isnull=False).exists(), "each leads straight to who is there"
        assert not Address.objects.filter(contact__in=gone).exists()

    @invariant()
    def every_note_and_letter_is_somebodys(self) -> None:
        assert dict(Note.objects.values_list("pk", "text")) == self.notes
        assert not Note.objects.filter(about_id__in=self._merged_away()).exists()
        assert set(OutgoingEmail.objects.values_list("pk", flat=True)) >= self.letters
        assert not OutgoingEmail.objects.filter(about_kind=CONTACT).exclude(about_id__in=self.people).exists()

    def _undone(self) -> None:
        """The end of each story: every merge is undone, the newest first, and everybody is back whom nothing keeps."""
        standing.restore(Contact.objects.deleted(), by=SYSTEM)
        for merge in Merge.objects.filter(undone_at=None).order_by("-pk"):
            with perhaps():
                unmerge(merge, by=SYSTEM)
        check_invariants()
        left = Merge.objects.filter(undone_at=None).values_list("survivor", flat=True)
        assert set(Contact.objects.filter(merged_into__isnull=False).values_list("merged_into", flat=True)) <= set(left)

    def _made(self, draft: Draft) -> None:
        contact = create_contact(draft, by=SYSTEM, send_activation=False)
        self.people.add(contact.pk)
        note = add_note(contact, f"about #{contact.pk}", by=SYSTEM)
        self.notes[note.pk] = note.text

    def _saved(self, contact: Contact, draft: Draft) -> None:
        with perhaps():
            edit_contact(contact, draft, version=contact.version, by=SYSTEM)

    def _somebody(self, place: int, **state: object) -> Contact | None:
        found = list(Contact.objects.filter(**state).order_by("pk"))
        if not found:
            return None
        contact = found[place % len(found)]
        return None if state and contact.merged_into_id else contact

    def _merged_away(self) -> set[int]:
        return set(Contact.objects.filter(merged_into__isnull=False).values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(900)
def test_no_story_breaks_anything() -> None:
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=STORIES,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
