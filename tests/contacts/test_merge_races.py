"""Merges at the same moment as other merges, edits and invitations: one after the other, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.contrib.auth import authenticate
from django.utils import timezone

from contacts.actions import standing
from contacts.actions.activation import send_activations
from contacts.actions.drafts import Draft
from contacts.actions.merging import merge_contacts
from contacts.actions.passwords import reset_password
from contacts.actions.records import edit_contact
from contacts.actions.signins import LinkGone, Refused
from contacts.actions.unmerging import Unmerged, unmerge
from contacts.models import Address, Contact, Merge
from contacts.notices import CONTACT
from helpdesk.outbox.delivery import deliver_batch
from helpdesk.outbox.models import SecretLink
from helpdesk.ui.conflicts import EditConflict
from helpdesk.users import actors
from tests.factories import make_contact, make_customer
from tests.faults.invariants import check_invariants
from tests.team.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = actors.system("command")
ROUNDS = range(3)
NEW = "set-since-the-merge-1"


def merging(survivor: Contact, *others: Contact, **choices: int) -> Callable[[], Merge]:
    versions = {one.pk: one.version for one in (survivor, *others)}
    return partial(merge_contacts, survivor, others, choices, versions=versions, by=SYSTEM)


def renamed(contact: Contact, name: str) -> Callable[[], Contact]:
    draft = Draft(name=name, emails=Draft.of(contact).emails)
    return partial(edit_contact, contact, draft, version=contact.version, by=SYSTEM)


def all_addresses() -> set[str]:
    return set(Address.objects.filter(contact__deleted_at=None).values_list("key", flat=True))


@pytest.mark.parametrize("_round", ROUNDS)
def test_of_two_merges_in_opposite_directions_one_wins(_round: int) -> None:
    one, two = make_contact(), make_contact()
    before = all_addresses()
    results = at_once(merging(one, two), merging(two, one))
    assert sorted(type(result).__name__ for result in results) == ["Merge", "Refused"]
    assert Contact.objects.present().count() == 1
    assert all_addresses() == before
    check_invariants()


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_circle_of_three_merges_loses_nobody(_round: int) -> None:
    one, two, three = make_contact(), make_customer(), make_contact()
    before = all_addresses()
    results = at_once(merging(one, two), merging(two, three), merging(three, one))
    assert {type(result) for result in results} <= {Merge, Refused, EditConflict}
    assert any(isinstance(result, Merge) for result in results)
    assert all_addresses() == before
    check_invariants()


@pytest.mark.parametrize("_round", ROUNDS)
@pytest.mark.parametrize("edited", [0, 1])
def test_an_edit_of_either_side_is_kept_or_told(edited: int, _round: int) -> None:
    people = [make_contact("One"), make_contact("Two")]
    merged, saved = at_once_in_order(merging(*people), renamed(people[edited], "Edited"))
    is_merged, is_saved = isinstance(merged, Merge), isinstance(saved, Contact)
    assert is_merged != is_saved
    assert isinstance(saved if is_merged else merged, EditConflict)
    assert Contact.objects.filter(name="Edited").exists() is is_saved
    check_invariants()


@pytest.mark.parametrize("_round", ROUNDS)
@pytest.mark.parametrize("first", [0, 1])
def test_a_reset_by_the_others_address_while_the_merge_is_undone_never_opens_the_survivors(
    first: int, _round: int
) -> None:
    kim, other = make_customer(email="kim@acme.example"), make_contact(email="other@acme.example")
    done = merging(kim, other, primary=other.pk)()
    link = SecretLink.objects.create(
        purpose="reset",
        subject_kind=CONTACT,
        subject_id=kim.pk,
        sent_to="other@acme.example",
        token_hash="x",
        expires_at=timezone.now() + timedelta(hours=1),
    )
    acts = [partial(reset_password, link, NEW, by=SYSTEM), partial(unmerge, done, by=SYSTEM)]
    results = at_once_in_order(*(acts if first == 0 else reversed(acts)))
    assert {type(result) for result in results} <= {Contact, Unmerged, LinkGone}
    assert any(isinstance(result, Unmerged) for result in results)
    assert authenticate(None, email="kim@acme.example", password=NEW) is None
    check_invariants()


@pytest.mark.parametrize("_round", ROUNDS)
def test_an_invitation_on_its_way_lets_nobody_in_who_is_merged_away(_round: int) -> None:
    kim, other = make_contact(), make_contact()
    send_activations([other.pk], by=SYSTEM)
    at_once(deliver_batch, merging(kim, other))
    assert not SecretLink.objects.live().exists()
    check_invariants()


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_block_in_the_same_moment_counts(_round: int) -> None:
    kim, other = make_customer(), make_customer()
    at_once(merging(kim, other), partial(standing.block, [kim, other], by=SYSTEM))
    survivor = Contact.objects.select_related("user").get(merged_into=None)
    assert survivor.blocked_at and survivor.user and not survivor.user.is_active
    check_invariants()


@pytest.mark.parametrize("_round", ROUNDS)
def test_of_two_undoings_one_wins(_round: int) -> None:
    kim, other = make_contact(), make_contact()
    merge = merging(kim, other)()
    results = at_once(partial(unmerge, merge, by=SYSTEM), partial(unmerge, merge, by=SYSTEM))
    assert sorted(type(result).__name__ for result in results) == ["Refused", "Unmerged"]
    assert Contact.objects.present().count() == 2
    check_invariants()


@pytest.mark.parametrize("_round", ROUNDS)
def test_undoing_and_an_edit_of_the_survivor_lose_neither(_round: int) -> None:
    kim, other = make_contact("Kim"), make_contact("Other")
    merge = merging(kim, other)()
    kim.refresh_from_db()
    undone, saved = at_once_in_order(partial(unmerge, merge, by=SYSTEM), renamed(kim, "Edited"))
    assert isinstance(undone, Unmerged)
    assert isinstance(saved, Contact | EditConflict)
    assert Contact.objects.filter(name="Edited").exists() is isinstance(saved, Contact)
    assert Contact.objects.present().count() == 2
    check_invariants()


def at_once_in_order(*acts: Callable[[], object]) -> list[object]:
    """As `at_once`, each result at its act's place."""
    results: dict[int, object] = {}

    def kept(place: int, act: Callable[[], object]) -> None:
        try:
            results[place] = act()
        except Exception as error:
            results[place] = error

    at_once(*(partial(kept, place, act) for place, act in enumerate(acts)))
    return [results[place] for place in range(len(acts))]
