"""Whose the sign-in is once a merge is undone: a password set since follows the address that confirmed it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.utils import timezone

from contacts.actions.activation import activate
from contacts.actions.passwords import change_password, choose_password, reset_password
from contacts.actions.unmerging import Unmerged, unmerge
from contacts.models import Contact
from contacts.notices import CONTACT
from contacts.queries.obstacles import obstacle_of
from helpdesk.outbox.models import SecretLink
from helpdesk.team.actions.conversions import make_agent, step_back
from helpdesk.users import actors
from helpdesk.users.actors import Actor, person
from tests.contacts.test_merging import merge
from tests.contacts.test_unmerging import edit
from tests.factories import PASSWORD, make_admin, make_contact, make_customer

pytestmark = pytest.mark.django_db
NEW = "set-since-the-merge-1"
VISITOR = actors.visitor(ip="192.0.2.7", request_id="")
KIM, OTHER = "kim@acme.example", "other@acme.example"


@pytest.fixture
def alma() -> Actor:
    return person(make_admin())


def link(contact: Contact, email: str, purpose: str) -> SecretLink:
    return SecretLink.objects.create(
        purpose=purpose,
        subject_kind=CONTACT,
        subject_id=contact.pk,
        sent_to=email,
        token_hash=f"{purpose} {email}",
        expires_at=timezone.now() + timedelta(hours=1),
    )


def activated(contact: Contact, email: str) -> None:
    activate(link(contact, email, "activate"), NEW, by=VISITOR)


def reset(contact: Contact, email: str, password: str = NEW) -> None:
    reset_password(link(contact, email, "reset"), password, by=VISITOR)


def opens(email: str, password: str) -> bool:
    return authenticate(None, email=email, password=password) is not None


def fresh(contact: Contact) -> Contact:
    return Contact.objects.select_related("user").get(pk=contact.pk)


def is_verified(contact: Contact) -> bool:
    return fresh(contact).verified_at is not None


def says_whose(done: Unmerged, name: str, email: str) -> bool:
    return f"The password that was set since was confirmed at {email}: it is that of “{name}” now." in done.left


class TestActivatedSince:
    def test_by_a_link_to_an_address_that_goes_back(self, alma: Actor) -> None:
        kim, other = make_contact("Kim", email=KIM), make_contact("Other", email=OTHER)
        done = merge(kim, other, by=alma, primary=other.pk)
        activated(kim, OTHER)
        result = unmerge(done, by=alma)
        assert (opens(KIM, NEW), opens(OTHER, NEW)) == (False, True)
        assert (is_verified(kim), is_verified(other)) == (False, True)
        assert says_whose(result, "Other", OTHER)

    def test_by_a_link_to_the_survivors_own(self, alma: Actor) -> None:
        kim, other = make_contact(email=KIM), make_contact(email=OTHER)
        done = merge(kim, other, by=alma)
        activated(kim, KIM)
        assert unmerge(done, by=alma).left == []
        assert (opens(KIM, NEW), is_verified(other)) == (True, False)

    def test_and_chosen_anew_after_signing_in(self, alma: Actor) -> None:
        kim, other = make_contact("Kim", email=KIM), make_contact("Other", email=OTHER)
        done = merge(kim, other, by=alma, primary=other.pk)
        activated(kim, OTHER)
        choose_password(kim, "chosen-by-themselves-1", by=VISITOR)
        assert says_whose(unmerge(done, by=alma), "Other", OTHER)
        assert (opens(KIM, "chosen-by-themselves-1"), opens(OTHER, "chosen-by-themselves-1")) == (False, True)

    def test_by_an_address_of_another_of_three(self, alma: Actor) -> None:
        kim, third, other = make_contact(email=KIM), make_contact(), make_contact("Other", email=OTHER)
        done = merge(kim, third, other, by=alma, primary=other.pk)
        activated(kim, OTHER)
        unmerge(done, by=alma)
        assert [is_verified(one) for one in (kim, third, other)] == [False, False, True]
        assert opens(OTHER, NEW)


class TestResetSince:
    def test_by_a_link_to_an_address_that_goes_back(self, alma: Actor) -> None:
        kim, other = make_customer("Kim", email=KIM), make_contact("Other", email=OTHER)
        done = merge(kim, other, by=alma, primary=other.pk)
        reset(kim, OTHER)
        result = unmerge(done, by=alma)
        assert (opens(KIM, NEW), opens(OTHER, NEW), opens(KIM, PASSWORD)) == (False, True, False)
        assert says_whose(result, "Other", OTHER)
        assert result.left[1] == "“Kim” has no password now. A password reset email leads to a new one."
        assert is_verified(kim)

    def test_by_one_whose_own_password_the_merge_had_closed(self, alma: Actor) -> None:
        kim, other = make_customer(email=KIM), make_customer(email=OTHER, password="closed-by-the-merge-1")
        done = merge(kim, other, by=alma, primary=other.pk)
        reset(kim, OTHER)
        unmerge(done, by=alma)
        assert (opens(OTHER, NEW), opens(OTHER, "closed-by-the-merge-1"), opens(KIM, NEW)) == (True, False, False)

    def test_by_the_survivor_who_had_the_sign_in_of_the_other(self, alma: Actor) -> None:
        kim, other = make_contact("Kim", email=KIM), make_customer("Other", email=OTHER)
        done = merge(kim, other, by=alma)
        reset(kim, KIM)
        result = unmerge(done, by=alma)
        assert (opens(KIM, NEW), opens(OTHER, NEW)) == (True, False)
        assert says_whose(result, "Kim", KIM)
        assert is_verified(other)

    def test_by_whoever_brought_the_sign_in(self, alma: Actor) -> None:
        kim, other = make_contact(email=KIM), make_customer(email=OTHER)
        done = merge(kim, other, by=alma, primary=other.pk)
        reset(kim, OTHER)
        assert unmerge(done, by=alma).left == []
        assert (opens(OTHER, NEW), is_verified(kim)) == (True, False)

    def test_the_last_link_counts(self, alma: Actor) -> None:
        kim, other = make_customer(email=KIM), make_contact("Other", email=OTHER)
        done = merge(kim, other, by=alma, primary=other.pk)
        change_password(kim, "given-by-an-admin-1", must_change=False, by=alma)
        reset(kim, KIM, "set-before-the-last-1")
        reset(kim, OTHER)
        unmerge(done, by=alma)
        assert (opens(KIM, NEW), opens(OTHER, NEW)) == (False, True)


class TestNotKnownWhose:
    def test_a_password_that_an_admin_gave_opens_nothing(self, alma: Actor) -> None:
        kim, other = make_contact("Kim", email=KIM), make_contact(email=OTHER)
        done = merge(kim, other, by=alma, primary=other.pk)
        change_password(kim, NEW, must_change=True, by=alma)
        choose_password(kim, "chosen-by-somebody-1", by=VISITOR)
        result = unmerge(done, by=alma)
        assert not any(opens(email, "chosen-by-somebody-1") for email in (KIM, OTHER))
        assert result.left == [
            "It is not known whose the password is that was set since.",
            "“Kim” has no password now. A password reset email leads to a new one.",
        ]

    def test_an_address_that_is_a_third_persons_by_now(self, alma: Actor) -> None:
        kim, other = make_customer("Kim", email=KIM), make_contact(email=OTHER)
        done = merge(kim, other, by=alma, primary=other.pk)
        reset(kim, OTHER)
        edit(kim, alma, emails=(KIM,))
        make_contact(email=OTHER)
        assert "It is not known whose the password is that was set since." in unmerge(done, by=alma).left
        assert not opens(KIM, NEW)

    def test_a_link_that_was_erased_with_a_third_person(self, alma: Actor) -> None:
        kim, other = make_customer(email=KIM), make_contact(email=OTHER)
        done = merge(kim, other, by=alma, primary=other.pk)
        reset(kim, KIM, "set-before-the-last-1")
        reset(kim, OTHER)
        SecretLink.objects.filter(sent_to=OTHER).delete()
        unmerge(done, by=alma)
        assert not any(opens(email, NEW) for email in (KIM, OTHER))

    def test_one_set_while_the_survivor_was_part_of_another(self, alma: Actor) -> None:
        kim, other, third = make_customer(email=KIM), make_contact(email=OTHER), make_contact()
        inner = merge(kim, other, by=alma, primary=other.pk)
        outer = merge(third, fresh(kim), by=alma, primary=kim.pk)
        reset(third, OTHER)
        unmerge(outer, by=alma)
        assert opens(KIM, NEW)
        unmerge(inner, by=alma)
        assert not opens(KIM, NEW)

    def test_the_profile_says_what_is_missing_and_a_reset_helps(self, alma: Actor) -> None:
        kim, other = make_customer(email=KIM), make_contact(email=OTHER)
        done = merge(kim, other, by=alma)
        change_password(kim, NEW, must_change=False, by=alma)
        unmerge(done, by=alma)
        found = obstacle_of(fresh(kim), list(kim.addresses.all()), None, {})
        assert found and (found.button, "taken away" in found.cause) == ("reset", True)
        reset(kim, KIM, "set-after-the-unmerge-1")
        assert opens(KIM, "set-after-the-unmerge-1")
        assert obstacle_of(fresh(kim), list(kim.addresses.all()), None, {}) is None

    def test_an_invitation_to_the_team_can_be_withdrawn(self, alma: Actor) -> None:
        kim, other = make_customer(email=KIM), make_contact(email=OTHER)
        done = merge(kim, other, by=alma)
        change_password(kim, NEW, must_change=False, by=alma)
        unmerge(done, by=alma)
        step_back(make_agent(kim, "agent", by=alma), by=alma)
        assert (fresh(kim).user, is_verified(kim)) == (None, False)


def test_a_password_of_before_stays_as_it_was(alma: Actor) -> None:
    kim, other = make_customer(email=KIM), make_contact(email=OTHER)
    done = merge(kim, other, by=alma, primary=other.pk)
    assert unmerge(done, by=alma).left == []
    assert opens(KIM, PASSWORD)


def test_whoever_knew_the_one_of_before_keeps_what_they_chose(alma: Actor) -> None:
    kim, other = make_contact(email=KIM), make_customer(email=OTHER)
    done = merge(kim, other, by=alma)
    choose_password(kim, NEW, by=VISITOR)
    assert unmerge(done, by=alma).left == []
    assert (opens(OTHER, NEW), opens(KIM, NEW)) == (True, False)
