"""Undoing a merge."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from contacts.actions import standing
from contacts.actions.activation import send_activations
from contacts.actions.drafts import Draft
from contacts.actions.records import create_contact, edit_contact
from contacts.actions.signins import Refused
from contacts.actions.tags import add_tags
from contacts.actions.unmerging import tidy, unmerge
from contacts.models import Address, Contact, Membership, Merge
from helpdesk.audit.models import AuditEntry
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.timeline.actions import add_note
from helpdesk.timeline.models import Note
from helpdesk.timeline.queries import Timeline
from helpdesk.users.actors import Actor, person
from helpdesk.users.models import User
from tests.contacts.test_merging import emails_of, letter_about, merge
from tests.factories import make_company, make_contact, make_customer, make_supervisor

pytestmark = pytest.mark.django_db


@pytest.fixture
def sora() -> Actor:
    return person(make_supervisor(name="Sora"))


def standing_of(contact: Contact) -> dict[str, Any]:
    """All that should be as it was."""
    fresh = Contact.objects.select_related("user").get(pk=contact.pk)
    fields = ("verified_at", "verified_how", "blocked_at", "deleted_at", "merged_into_id", "search_text", "user_id")
    return {
        **Draft.of(fresh).as_recorded(),
        **{name: getattr(fresh, name) for name in fields},
        "may_sign_in": fresh.user.is_active if fresh.user else None,
        "letters": list(OutgoingEmail.objects.filter(about_id=fresh.pk).order_by("pk").values_list("pk", flat=True)),
        "notes": list(Note.objects.filter(about_id=fresh.pk).order_by("pk").values_list("pk", flat=True)),
        "confirmed": dict(fresh.addresses.values_list("key", "confirmed_at")),
    }


def edit(contact: Contact, by: Actor, **fields: Any) -> None:
    from dataclasses import replace

    fresh = Contact.objects.get(pk=contact.pk)
    edit_contact(fresh, replace(Draft.of(fresh), **fields), version=fresh.version, by=by)


def family(by: Actor) -> list[Contact]:
    """Three records of one person, as unlike each other as can be."""
    first = create_contact(
        Draft(name="Kim", emails=("kim@acme.example", "k2@acme.example"), external_id="1", notes="a"), by=by
    )
    second = make_customer("Kim M", company=make_company(), external_id="2", notes="b", mobile_phone="010-1234-5678")
    third = make_customer("Kim Min", email="min@acme.example", job_title="Head")
    Membership.objects.create(contact=third, company=make_company())
    for contact, tag in ((first, "VIP"), (second, "vip"), (third, "Seoul")):
        add_tags(contact, [tag], by=by)
        add_note(contact, f"about {contact.name}", by=by)
        letter_about(contact, f"letter {contact.pk}", state="sent")
    Address.objects.filter(contact=third).update(confirmed_at=timezone.now())
    for contact in (second, third):
        edit(contact, by, department="Sales")
    return [Contact.objects.get(pk=one.pk) for one in (first, second, third)]


@pytest.mark.parametrize("survivor", [0, 1, 2])
def test_everybody_is_as_before(survivor: int, sora: Actor) -> None:
    people = family(sora)
    before = [standing_of(one) for one in people]
    kept, *others = sorted(people, key=lambda one: one != people[survivor])
    done = merge(
        kept, *others, by=sora, name=others[0].pk, external_id=others[0].pk, primary=others[1].pk, job_title=kept.pk
    )
    result = unmerge(done, by=sora)
    assert [standing_of(one) for one in people] == [
        {**one, "letters": after["letters"]} for one, after in zip(before, map(standing_of, people), strict=True)
    ]
    for one, old in zip(people, before, strict=True):  # what was written since (about the primary email) stays
        assert set(old["letters"]) <= set(standing_of(one)["letters"])
    assert result.left == []


def test_the_survivor_keeps_what_people_changed_since(sora: Actor) -> None:
    kim, other = make_contact("Kim", job_title="Buyer"), make_contact("Other", job_title="Head", department="Sales")
    done = merge(kim, other, by=sora, job_title=other.pk, name=other.pk)
    edit(kim, sora, job_title="Director")
    unmerge(done, by=sora)
    after = standing_of(kim)
    assert (after["name"], after["job_title"], after["department"]) == ("Kim", "Director", "")


def test_what_happened_since_stays_with_the_survivor(sora: Actor) -> None:
    kim, other = make_contact(), make_contact()
    done = merge(kim, other, by=sora)
    note = add_note(kim, "since", by=sora)
    add_tags(kim, ["since"], by=sora)
    edit(kim, sora, emails=(*Draft.of(kim).emails, "since@acme.example"))
    unmerge(done, by=sora)
    after = standing_of(kim)
    assert after["notes"] == [note.pk]
    assert after["tags"] == ["since"]
    assert "since@acme.example" in after["emails"]


def test_an_address_that_was_removed_since_comes_back_to_its_owner(sora: Actor) -> None:
    kim, other = make_contact(email="kim@acme.example"), make_contact(email="other@acme.example")
    done = merge(kim, other, by=sora)
    edit(kim, sora, emails=("kim@acme.example",))
    assert unmerge(done, by=sora).left == []
    assert emails_of(other) == ["other@acme.example"]


def test_an_address_that_is_somebody_elses_by_now_is_left_and_named(sora: Actor) -> None:
    kim, other = make_contact(email="kim@acme.example"), make_contact("Other", email="other@acme.example")
    done = merge(kim, other, by=sora)
    edit(kim, sora, emails=("kim@acme.example",))
    make_contact("Thief", email="other@acme.example")
    result = unmerge(done, by=sora)
    assert result.left == ["other@acme.example belongs to “Thief” now."]
    assert standing_of(other)["deleted_at"] is None


def test_whoever_lost_the_only_address_is_not_found_by_it(sora: Actor) -> None:
    kim, other = make_contact(email="kim@acme.example"), make_customer("Other", email="other@acme.example")
    done = merge(kim, other, by=sora, name=other.pk)
    edit(kim, sora, emails=("kim@acme.example",))
    make_contact("Thief", email="other@acme.example")
    unmerge(done, by=sora)
    after = standing_of(other)
    assert (after["search_text"], after["user_id"]) == (" other", other.user_id)
    assert User.objects.get(pk=other.user_id).email == ""


def test_the_address_shown_of_a_closed_sign_in_is_its_own_again(sora: Actor) -> None:
    kim, other = make_customer(), make_customer(email="other@acme.example")
    unmerge(merge(kim, other, by=sora), by=sora)
    assert User.objects.get(pk=other.user_id).email == "other@acme.example"


def test_an_external_id_that_is_somebody_elses_by_now_is_left_and_named(sora: Actor) -> None:
    kim, other = make_contact(external_id="1"), make_contact("Other", external_id="2")
    done = merge(kim, other, by=sora)
    make_contact(external_id="2")
    assert "external ID 2" in unmerge(done, by=sora).left[0]
    assert standing_of(other)["external_id"] == ""


def test_a_note_that_was_deleted_since_is_counted(sora: Actor) -> None:
    kim, other = make_contact(), make_contact("Other")
    note = add_note(other, "n", by=sora)
    done = merge(kim, other, by=sora)
    Note.objects.filter(pk=note.pk).delete()
    assert unmerge(done, by=sora).left == ["Notes of “Other” that were moved or deleted since: 1"]


def test_a_primary_chosen_since_stays(sora: Actor) -> None:
    kim, other = (
        make_contact(email="kim@acme.example", emails=("k2@acme.example",)),
        make_contact(email="o@acme.example"),
    )
    done = merge(kim, other, by=sora)
    edit(kim, sora, emails=("k2@acme.example", "o@acme.example", "kim@acme.example"))
    unmerge(done, by=sora)
    assert emails_of(kim) == ["k2@acme.example", "kim@acme.example"]


def test_a_password_set_since_stays_with_whoever_set_it(sora: Actor) -> None:
    kim, other = make_contact(), make_contact()
    done = merge(kim, other, by=sora)
    user = User(name="Kim", email="k@acme.example")
    user.save()
    Contact.objects.filter(pk=kim.pk).update(user=user, verified_at=timezone.now(), verified_how="link")
    unmerge(done, by=sora)
    assert standing_of(kim)["user_id"] == user.pk
    assert standing_of(other)["user_id"] is None


def test_whoever_was_unblocked_since_is_not_blocked_again(sora: Actor) -> None:
    kim, other = make_contact(), make_contact()
    standing.block(kim, by=sora)
    kim.refresh_from_db()
    done = merge(kim, other, by=sora)
    standing.unblock(kim, by=sora)
    unmerge(done, by=sora)
    assert standing_of(kim)["blocked_at"] is None


class TestBlockedSince:
    def test_the_brought_back_are_blocked_too(self, sora: Actor) -> None:
        kim, other = make_contact("Kim"), make_customer("Other")
        done = merge(kim, other, by=sora)
        standing.block(kim, by=sora)
        result = unmerge(done, by=sora)
        blocked = standing_of(kim)["blocked_at"]
        assert blocked
        assert (standing_of(other)["blocked_at"], standing_of(other)["may_sign_in"]) == (blocked, False)
        assert result.left == ["“Kim” has been blocked since: “Other” is blocked, too."]

    def test_also_where_the_merge_had_blocked_the_survivor_and_somebody_unblocked_it_between(self, sora: Actor) -> None:
        kim, blocked, other = make_contact("Kim"), make_contact(), make_contact("Other")
        standing.block(blocked, by=sora)
        done = merge(kim, Contact.objects.get(pk=blocked.pk), other, by=sora)
        standing.unblock(kim, by=sora)
        standing.block(kim, by=sora)
        assert unmerge(done, by=sora).left == ["“Kim” has been blocked since: “Other” is blocked, too."]
        assert all(standing_of(one)["blocked_at"] for one in (kim, blocked, other))

    def test_whoever_was_not_when_the_survivor_had_been_before_is_not(self, sora: Actor) -> None:
        kim, other = make_contact(), make_customer()
        standing.block(kim, by=sora)
        done = merge(Contact.objects.get(pk=kim.pk), other, by=sora)
        assert unmerge(done, by=sora).left == []
        assert (bool(standing_of(kim)["blocked_at"]), standing_of(other)["blocked_at"]) == (True, None)

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_a_block_by_another_merge_is_nobody_elses(self, order: tuple[int, int], sora: Actor) -> None:
        kim, other, blocked = make_customer(), make_contact(), make_contact()
        standing.block(blocked, by=sora)
        merges = [merge(kim, other, by=sora)]
        merges.append(merge(*(Contact.objects.get(pk=one.pk) for one in (kim, blocked)), by=sora))
        assert [unmerge(merges[at], by=sora).left for at in order] == [[], []]
        assert [bool(standing_of(one)["blocked_at"]) for one in (kim, other, blocked)] == [False, False, True]

    def test_a_block_by_the_merge_itself_goes_with_it(self, sora: Actor) -> None:
        kim, other = make_customer(), make_contact()
        standing.block(other, by=sora)
        done = merge(kim, Contact.objects.get(pk=other.pk), by=sora)
        assert unmerge(done, by=sora).left == []
        assert (standing_of(kim)["blocked_at"], standing_of(kim)["may_sign_in"]) == (None, True)


def test_the_brought_back_can_be_invited(sora: Actor) -> None:
    kim, other = make_contact(), make_contact()
    unmerge(merge(kim, other, by=sora), by=sora)
    assert len(send_activations([kim.pk, other.pk], by=sora).sent) == 2


class TestChains:
    def test_those_merged_before_follow_back(self, sora: Actor) -> None:
        first, second, third = make_contact(), make_contact(), make_contact()
        inner = merge(second, third, by=sora)
        second.refresh_from_db()
        outer = merge(first, second, by=sora)
        with pytest.raises(Refused, match="Undo that merge first"):
            unmerge(inner, by=sora)
        unmerge(outer, by=sora)
        assert Contact.objects.get(pk=third.pk).merged_into == second
        unmerge(inner, by=sora)
        assert not Contact.objects.filter(merged_into__isnull=False).exists()

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_two_merges_into_one_are_undone_in_any_order(self, order: tuple[int, int], sora: Actor) -> None:
        kim, *others = make_contact(), make_contact(work_phone="02-1"), make_contact(work_phone="02-2")
        before = [standing_of(one) for one in (kim, *others)]
        merges = []
        for other in others:
            kim.refresh_from_db()
            merges.append(merge(kim, other, by=sora, work_phone=other.pk))
        for at in order:
            unmerge(merges[at], by=sora)
        after = [standing_of(one) for one in (kim, *others)]
        assert after[1:] == before[1:]
        assert [one["emails"] for one in after] == [one["emails"] for one in before]


class TestRefusals:
    def test_twice(self, sora: Actor) -> None:
        done = merge(make_contact(), make_contact(), by=sora)
        unmerge(done, by=sora)
        with pytest.raises(Refused, match="already"):
            unmerge(done, by=sora)

    def test_after_thirty_days(self, sora: Actor) -> None:
        done = merge(make_contact(), make_contact(), by=sora)
        Merge.objects.update(at=timezone.now() - timedelta(days=30, minutes=1))
        with pytest.raises(Refused, match="30 days"):
            unmerge(done, by=sora)

    def test_while_the_survivor_is_deleted(self, sora: Actor) -> None:
        kim = make_contact()
        done = merge(kim, make_contact(), by=sora)
        standing.delete(kim, by=sora)
        with pytest.raises(Refused, match="Restore"):
            unmerge(done, by=sora)
        standing.restore(kim, by=sora)
        unmerge(done, by=sora)

    def test_when_the_survivor_would_be_left_with_nothing(self, sora: Actor) -> None:
        kim = make_contact(email=None, work_phone="02-1")
        done = merge(kim, make_contact(), by=sora)
        edit(kim, sora, work_phone="")
        with pytest.raises(Refused, match="Add one first"):
            unmerge(done, by=sora)
        assert Contact.objects.filter(merged_into=kim).exists()


class TestTidy:
    def test_forgets_after_thirty_days_what_undoing_needed(self, sora: Actor) -> None:
        kim, other = make_contact(), make_contact("Other", mobile_phone="010-1234-5678", notes="secret")
        add_tags(other, ["only"], by=sora)
        merge(kim, other, by=sora)
        assert tidy() == 0
        Merge.objects.update(at=timezone.now() - timedelta(days=31))
        assert tidy() == 1
        assert tidy() == 0
        other.refresh_from_db()
        assert (other.name, other.mobile_phone, other.notes, other.search_text) == ("Other", "", "", "")
        assert Merge.objects.get().snapshot is None

    def test_leaves_whoever_was_brought_back_alone(self, sora: Actor) -> None:
        kim, other = make_contact(), make_contact(notes="mine")
        unmerge(merge(kim, other, by=sora), by=sora)
        Merge.objects.update(at=timezone.now() - timedelta(days=31))
        tidy()
        other.refresh_from_db()
        assert other.notes == "mine"


def test_the_log_says_what_was_left(sora: Actor) -> None:
    kim, other = make_contact(external_id="1"), make_contact("Other", external_id="2")
    done = merge(kim, other, by=sora)
    make_contact(external_id="2")
    unmerge(done, by=sora)
    entry = AuditEntry.objects.get(action="contact.unmerge")
    assert entry.changes["merged"] == [["Other"], []]
    assert "external ID 2" in entry.changes["left"][1][0]
    assert AuditEntry.objects.get(action="contact.unmerge_away").target_id == other.pk


def test_the_survivors_timeline_tells_what_was_done_with_the_others(sora: Actor) -> None:
    kim, other = make_contact("Kim"), make_contact("Other")
    standing.block(other, by=sora)
    standing.unblock(other, by=sora)
    other.refresh_from_db()
    assert acts_on(kim) == []
    done = merge(kim, other, by=sora)
    assert acts_on(kim) == ["contact.merge_away", "contact.merge", "contact.unblock", "contact.block"]
    unmerge(done, by=sora)
    assert acts_on(kim) == ["contact.unmerge", "contact.merge"]


def acts_on(contact: Contact) -> list[str]:
    return [event.tell().entry.action for event in Timeline(contact, "changes").page.events]
