"""Passwords after the first: by link, by the customer, by an admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from contacts.actions import standing
from contacts.actions.passwords import change_password, choose_password, reset_password, send_password_reset
from contacts.actions.signins import LinkGone, Refused
from contacts.models import Contact
from contacts.notices import still_wants_reset
from helpdesk.audit.models import AuditEntry
from helpdesk.outbox import links
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.users import actors
from tests.factories import make_admin, make_agent, make_contact, make_customer
from tests.portal.letters import SYSTEM, age, invited, letters_to, link_of, reset_sent

pytestmark = pytest.mark.django_db
VISITOR = actors.visitor(ip="192.0.2.7")
NEW = "gate-lantern-42"


class TestChangedByAdmins:
    def test_verifies_an_unverified_contact_and_says_how(self) -> None:
        contact = make_contact()
        changed = change_password(contact, NEW, must_change=True, by=actors.person(make_admin()))
        assert changed.user is not None
        assert (changed.verified_how, changed.user.must_change_password) == ("admin", True)
        assert changed.user.check_password(NEW)
        assert changed.verified_at is not None

    def test_the_first_verification_stays_on_record(self) -> None:
        customer = make_customer()
        changed = change_password(customer, NEW, must_change=False, by=SYSTEM)
        assert (changed.verified_how, changed.verified_at) == ("link", customer.verified_at)

    def test_ends_the_sessions(self) -> None:
        customer = make_customer()
        assert customer.user is not None
        before = customer.user.get_session_auth_hash()
        changed = change_password(customer, NEW, must_change=False, by=SYSTEM)
        assert changed.user is not None
        assert changed.user.get_session_auth_hash() != before

    def test_kills_links_of_both_kinds(self) -> None:
        customer = make_customer()
        token = reset_sent(customer)
        change_password(customer, NEW, must_change=False, by=SYSTEM)
        with pytest.raises(LinkGone):
            reset_password(link_of(token), "other-lantern-43", by=VISITOR)

    def test_tells_the_contact_but_not_the_password(self) -> None:
        contact = make_contact(language="en")
        change_password(contact, NEW, must_change=True, by=SYSTEM)
        (letter,) = letters_to(contact)
        assert letter.subject == "[Helpdesk] Your password was changed"
        assert "Our team has changed the password" in letter.text
        assert NEW not in letter.text + letter.html

    def test_is_on_record_without_the_password(self) -> None:
        admin = make_admin(name="Alma")
        contact = change_password(make_contact(), NEW, must_change=True, by=actors.person(admin))
        entry = AuditEntry.objects.get(action="contact.change_password")
        assert (entry.actor_name, entry.target_id) == ("Alma", contact.pk)
        assert NEW not in str(entry.changes)

    @pytest.mark.parametrize("state", ["blocked_at", "deleted_at"])
    def test_not_for_the_blocked_and_deleted(self, state: str) -> None:
        moments: dict[str, Any] = {state: timezone.now()}
        contact = make_contact(**moments)
        with pytest.raises(Refused):
            change_password(contact, NEW, must_change=True, by=SYSTEM)

    def test_not_without_an_address_to_sign_in_with(self) -> None:
        with pytest.raises(Refused, match="no email"):
            change_password(make_contact(email=None, work_phone="02-123-4567"), NEW, must_change=True, by=SYSTEM)

    def test_never_an_agents(self) -> None:
        agent = make_agent()
        with pytest.raises(Refused):
            change_password(make_contact(user=agent), NEW, must_change=True, by=SYSTEM)
        agent.refresh_from_db()
        assert not agent.check_password(NEW)


class TestReset:
    def test_the_link_sets_a_new_password_once(self) -> None:
        customer = make_customer()
        link = link_of(reset_sent(customer))
        changed = reset_password(link, NEW, by=VISITOR)
        assert changed.user is not None
        assert changed.user.check_password(NEW)
        with pytest.raises(LinkGone):
            reset_password(link, "other-lantern-43", by=VISITOR)

    def test_confirms_the_address_and_tells(self) -> None:
        customer = make_customer(language="en")
        reset_password(link_of(reset_sent(customer)), NEW, by=VISITOR)
        assert customer.addresses.get().confirmed_at is not None
        assert letters_to(customer)[-1].subject == "[Helpdesk] Your password was changed"

    def test_takes_the_duty_to_change_away(self) -> None:
        customer = change_password(make_contact(), "from-the-desk-77", must_change=True, by=SYSTEM)
        changed = reset_password(link_of(reset_sent(customer)), NEW, by=VISITOR)
        assert changed.user is not None
        assert not changed.user.must_change_password

    def test_an_unverified_contact_is_refused_with_the_way_on(self) -> None:
        with pytest.raises(Refused, match="activation"):
            send_password_reset(make_contact(), by=SYSTEM)

    def test_again_within_a_minute_says_when(self) -> None:
        customer = make_customer()
        send_password_reset(customer, by=SYSTEM)
        age(customer, seconds=50)
        with pytest.raises(Refused, match=r"Sent 50 seconds ago\. Again in 10 seconds\."):
            send_password_reset(customer, by=SYSTEM)
        assert OutgoingEmail.objects.count() == 1

    def test_is_not_sent_once_the_contact_is_blocked(self) -> None:
        customer = make_customer()
        send_password_reset(customer, by=SYSTEM)
        (letter,) = letters_to(customer)
        assert still_wants_reset(letter) == ""
        standing.block(customer, by=SYSTEM)
        assert "blocked" in still_wants_reset(letter)

    def test_a_queued_letter_is_no_longer_wanted_once_a_password_was_set(self) -> None:
        customer = make_customer()
        send_password_reset(customer, by=SYSTEM)
        (letter,) = letters_to(customer)
        change_password(customer, NEW, must_change=False, by=SYSTEM)
        assert "new password" in still_wants_reset(letter)

    def test_a_letter_asked_for_after_the_change_is_wanted(self) -> None:
        customer = make_customer()
        change_password(customer, NEW, must_change=False, by=SYSTEM)
        send_password_reset(customer, by=SYSTEM)
        assert still_wants_reset(letters_to(customer, "password_reset")[0]) == ""

    def test_an_activation_link_resets_nothing(self) -> None:
        contact = make_contact()
        with pytest.raises(LinkGone):
            reset_password(link_of(invited(contact)), NEW, by=VISITOR)

    def test_a_reset_link_verifies_nobody(self) -> None:
        customer = make_customer()
        token = reset_sent(customer)
        Contact.objects.update(verified_at=None)
        with pytest.raises(LinkGone):
            reset_password(link_of(token), NEW, by=VISITOR)
        customer.refresh_from_db()
        assert customer.verified_at is None


class TestChosen:
    def test_by_the_customer(self) -> None:
        customer = make_customer(language="en")
        assert customer.user is not None
        changed = choose_password(customer, NEW, by=actors.person(customer.user))
        assert changed.user is not None
        assert changed.user.check_password(NEW)
        assert "was changed" in letters_to(customer)[-1].subject
        assert AuditEntry.objects.filter(action="contact.choose_password").exists()

    def test_not_by_somebody_who_was_blocked_meanwhile(self) -> None:
        customer = make_customer()
        standing.block(customer, by=SYSTEM)
        with pytest.raises(Refused):
            choose_password(customer, NEW, by=VISITOR)


def test_a_password_chosen_in_the_portal_ends_an_agents_own_reset_link() -> None:
    """Contact and agent are one person with one password (docs/adr/0014)."""
    contact = make_customer()
    assert contact.user is not None
    contact.user.role = "agent"
    contact.user.save()
    token = links.issue_printed("reset", "users.user", contact.user.pk, 24)
    choose_password(contact, NEW, by=actors.person(contact.user))
    assert links.find(token, "reset").state == "revoked"
