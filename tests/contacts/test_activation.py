"""Sending activation emails: who gets one, who does not and why, and never two for one request."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import override_settings
from django.utils import timezone

from contacts.actions import standing
from contacts.actions.activation import activate, send_activations
from contacts.actions.limits import MOST_AT_ONCE, TooMany
from contacts.actions.passwords import change_password
from contacts.actions.signins import LinkGone
from contacts.models import Address, Contact
from contacts.notices import USER_ACTIVATION, still_wants_activation
from helpdesk.audit.models import AuditEntry
from helpdesk.outbox.models import OutgoingEmail, SecretLink, State
from helpdesk.users import actors
from tests.factories import make_agent, make_contact, make_customer
from tests.portal.letters import SYSTEM, age, invited, letters_to, link_of

VISITOR = actors.visitor(ip="192.0.2.7")


@pytest.mark.django_db
class TestSending:
    def test_one_letter_with_a_placeholder_and_one_line_in_the_log(self) -> None:
        contact = make_contact("김민준", email="minjun@acme.example", language="ko", time_zone="Asia/Seoul")
        result = send_activations([contact.pk], by=actors.person(make_agent(name="Ada")))
        assert result.sent == [contact]
        assert result.skipped == []
        (letter,) = letters_to(contact)
        assert letter.to_email == "minjun@acme.example"
        assert (letter.language, letter.time_zone) == ("ko", "Asia/Seoul")
        assert letter.link_path == "/portal/activate/{token}/"
        assert letter.link_hours == 168
        assert "https://link.invalid/secret" in letter.text
        assert "https://link.invalid/secret" in letter.html
        entry = AuditEntry.objects.get(action="contact.send_activation")
        assert (entry.target_id, entry.actor_name) == (contact.pk, "Ada")

    def test_a_queryset_does_as_well_as_ids(self) -> None:
        make_contact(), make_contact()
        assert len(send_activations(Contact.objects.unverified(), by=SYSTEM).sent) == 2

    def test_english_wording_letter_for_letter(self) -> None:
        contact = make_contact("Kim Minjun", email="minjun@acme.example", language="en")
        send_activations([contact.pk], by=SYSTEM)
        (letter,) = letters_to(contact)
        assert letter.subject == "[Helpdesk] Set your password"
        for sentence in (
            "Hello Kim Minjun, your account on the Helpdesk portal is ready. Set a password to submit and follow your tickets.",
            "Set password: https://link.invalid/secret",
            "Works once, until [[until]].",
            "You sign in as minjun@acme.example.",
            "Not expecting this? Ignore it.",
            "Questions: helpdesk@helpdesk.example",
        ):
            assert sentence in letter.text

    def test_names_are_escaped_in_html_and_plain_in_text(self) -> None:
        contact = make_contact('A & <b>"Kim"</b>', language="en")
        send_activations([contact.pk], by=SYSTEM)
        (letter,) = letters_to(contact)
        assert 'Hello A & <b>"Kim"</b>, your account' in letter.text
        assert "A &amp; &lt;b&gt;&quot;Kim&quot;&lt;/b&gt;, your account" in letter.html

    @override_settings(LANGUAGE_CODE="ko")
    def test_without_a_language_of_their_own_the_helpdesks(self) -> None:
        contact, english = make_contact(), make_contact(language="en")
        send_activations([contact.pk, english.pk], by=SYSTEM)
        assert [letters_to(one)[0].language for one in (contact, english)] == ["ko", "en"]

    def test_each_reason_for_skipping(self) -> None:
        verified, agent_user = make_customer(), make_agent()
        blocked, deleted = make_contact(blocked_at=timezone.now()), make_contact(deleted_at=timezone.now())
        silent, fresh = make_contact(email=None, work_phone="02-123-4567"), make_contact()
        colleague = make_contact(user=agent_user)
        everybody = [verified, blocked, deleted, silent, colleague, fresh]
        result = send_activations([*(one.pk for one in everybody), 10**12], by=SYSTEM)
        assert result.sent == [fresh]
        assert [(skip.contact, skip.reason) for skip in result.skipped] == [
            (verified, "already verified"),
            (blocked, "blocked"),
            (deleted, "deleted"),
            (silent, "no email"),
            (colleague, "works here as an agent and signs in at the agents' page"),
            (None, "not found"),
        ]
        assert OutgoingEmail.objects.count() == 1

    def test_thirty_one_are_refused_as_a_whole(self) -> None:
        ids = [make_contact().pk for _ in range(MOST_AT_ONCE + 1)]
        with pytest.raises(TooMany) as refused:
            send_activations(ids, by=SYSTEM)
        assert refused.value.count == 31
        assert not OutgoingEmail.objects.exists()
        assert len(send_activations(ids[:MOST_AT_ONCE], by=SYSTEM).sent) == MOST_AT_ONCE

    def test_the_same_id_twice_counts_once(self) -> None:
        ids = [make_contact().pk for _ in range(MOST_AT_ONCE)]
        result = send_activations([*ids, ids[0]], by=SYSTEM)
        assert (len(result.sent), result.skipped) == (MOST_AT_ONCE, [])

    def test_thirty_cost_as_many_queries_as_one(self, django_assert_max_num_queries: Callable[..., object]) -> None:
        ids = [make_contact().pk for _ in range(MOST_AT_ONCE)]
        with django_assert_max_num_queries(16):  # type: ignore[attr-defined]
            send_activations(ids, by=SYSTEM)


@pytest.mark.django_db
class TestAgain:
    def test_within_a_minute_the_second_waits(self) -> None:
        contact = make_contact()
        invited(contact)
        age(contact, seconds=20)
        (skipped,) = send_activations([contact.pk], by=SYSTEM).skipped
        assert skipped.reason == "Sent 20 seconds ago. Again in 40 seconds."

    def test_after_a_minute_it_goes(self) -> None:
        contact = make_contact()
        invited(contact)
        age(contact, seconds=61)
        assert send_activations([contact.pk], by=SYSTEM).sent == [contact]

    @pytest.mark.parametrize("state", [State.FAILED, State.SKIPPED, State.CANCELLED])
    def test_at_once_if_the_first_never_left(self, state: State) -> None:
        contact = make_contact()
        send_activations([contact.pk], by=SYSTEM)
        OutgoingEmail.objects.update(state=state)
        assert send_activations([contact.pk], by=SYSTEM).sent == [contact]

    def test_another_address_in_between_spares_the_mailbox_all_the_same(self) -> None:
        contact = make_contact(email="a@acme.example", emails=("b@acme.example",))
        for primary in ("a@acme.example", "b@acme.example"):
            contact.addresses.update(is_primary=False)
            contact.addresses.filter(email=primary).update(is_primary=True)
            assert send_activations([contact.pk], by=SYSTEM).sent == [contact]
        contact.addresses.update(is_primary=False)
        contact.addresses.filter(email="a@acme.example").update(is_primary=True)
        assert send_activations([contact.pk], by=SYSTEM).sent == []
        assert [letter.to_email for letter in letters_to(contact)] == ["a@acme.example", "b@acme.example"]

    def test_at_once_to_another_address(self) -> None:
        contact = make_contact()
        send_activations([contact.pk], by=SYSTEM)
        contact.addresses.update(key="other@acme.example", email="other@acme.example")
        assert send_activations([contact.pk], by=SYSTEM).sent == [contact]

    def test_a_newer_letter_replaces_one_that_still_waits(self) -> None:
        contact = make_contact()
        send_activations([contact.pk], by=SYSTEM)
        age(contact, minutes=5)
        send_activations([contact.pk], by=SYSTEM)
        older, newer = letters_to(contact)
        assert still_wants_activation(older) != ""
        assert still_wants_activation(newer) == ""
        OutgoingEmail.objects.filter(pk=newer.pk).update(state=State.FAILED)
        assert still_wants_activation(older) == ""


@pytest.mark.django_db
class TestStillWanted:
    def _letter(self) -> tuple[Contact, OutgoingEmail]:
        contact = make_contact()
        send_activations([contact.pk], by=SYSTEM)
        return contact, letters_to(contact)[0]

    def test_wanted_as_long_as_nothing_changed(self) -> None:
        _contact, letter = self._letter()
        assert still_wants_activation(letter) == ""
        assert USER_ACTIVATION.still_wanted is still_wants_activation

    @pytest.mark.parametrize(
        ("change", "word"), [(standing.block, "blocked"), (standing.delete, "deleted")], ids=["blocked", "deleted"]
    )
    def test_not_once_blocked_or_deleted(self, change: Callable[..., object], word: str) -> None:
        contact, letter = self._letter()
        change(contact, by=SYSTEM)
        assert word in still_wants_activation(letter)

    def test_not_once_verified(self) -> None:
        contact, letter = self._letter()
        change_password(contact, "gate-lantern-42", must_change=False, by=SYSTEM)
        assert "verified" in still_wants_activation(letter)

    def test_not_when_another_address_is_primary(self) -> None:
        contact, letter = self._letter()
        contact.addresses.update(is_primary=False)
        Address.objects.create(key="new@acme.example", email="new@acme.example", contact=contact, is_primary=True)
        assert "primary email" in still_wants_activation(letter)

    def test_not_when_the_contact_is_gone(self) -> None:
        contact, letter = self._letter()
        contact.delete()
        assert "deleted" in still_wants_activation(letter)

    def test_capitals_do_not_make_another_address(self) -> None:
        contact, letter = self._letter()
        contact.addresses.update(email=letter.to_email.upper())
        assert still_wants_activation(letter) == ""


@pytest.mark.django_db
class TestActivating:
    def test_makes_a_verified_contact_who_can_sign_in(self) -> None:
        contact = make_contact("김민준", language="ko")
        link = link_of(invited(contact))
        activate(link, "gate-lantern-42", by=VISITOR)
        contact.refresh_from_db()
        assert contact.user is not None
        assert contact.user.check_password("gate-lantern-42")
        assert (contact.verified_how, contact.user.language, contact.user.name) == ("link", "ko", "김민준")
        assert contact.addresses.get().confirmed_at is not None
        entry = AuditEntry.objects.get(action="contact.activate", target_id=contact.pk)
        assert (entry.actor_name, entry.actor_id, entry.ip) == ("김민준", contact.user.pk, "192.0.2.7")

    def test_says_so_in_a_letter_without_the_password(self) -> None:
        contact = make_contact(language="en")
        activate(link_of(invited(contact)), "gate-lantern-42", by=VISITOR)
        (letter,) = letters_to(contact, "password_set")
        assert letter.subject == "[Helpdesk] Your password was set"
        assert "gate-lantern-42" not in letter.text + letter.html

    def test_a_link_works_once(self) -> None:
        link = link_of(invited(make_contact()))
        activate(link, "gate-lantern-42", by=VISITOR)
        with pytest.raises(LinkGone):
            activate(link, "other-lantern-43", by=VISITOR)

    def test_only_the_newest_link_lives(self) -> None:
        contact = make_contact()
        first = invited(contact)
        age(contact, minutes=2)
        second = invited(contact)
        with pytest.raises(LinkGone):
            activate(link_of(first), "gate-lantern-42", by=VISITOR)
        activate(link_of(second), "gate-lantern-42", by=VISITOR)

    @pytest.mark.parametrize("change", [standing.block, standing.delete], ids=["blocked", "deleted"])
    def test_blocking_and_deleting_kill_links_for_good(self, change: Callable[..., object]) -> None:
        contact = make_contact()
        link = link_of(invited(contact))
        change(contact, by=SYSTEM)
        (standing.unblock if change is standing.block else standing.restore)(contact, by=SYSTEM)
        with pytest.raises(LinkGone):
            activate(link, "gate-lantern-42", by=VISITOR)

    def test_an_admins_password_kills_the_link(self) -> None:
        contact = make_contact()
        link = link_of(invited(contact))
        change_password(contact, "gate-lantern-42", must_change=False, by=SYSTEM)
        with pytest.raises(LinkGone):
            activate(link, "other-lantern-43", by=VISITOR)

    def test_an_agents_link_activates_no_contact_of_the_same_number(self) -> None:
        contact = make_contact()
        link = link_of(invited(contact))
        SecretLink.objects.update(subject_kind="users.user")
        link.refresh_from_db()
        with pytest.raises(LinkGone):
            activate(link, "gate-lantern-42", by=VISITOR)
