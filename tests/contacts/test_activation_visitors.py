"""Visitors who ask to be let in: which letter they get, and how many."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from contacts.actions.activation import send_access_link, send_activations
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.users import actors
from helpdesk.users.models import Tally
from tests.factories import make_admin, make_agent, make_contact, make_customer
from tests.portal.letters import age, letters_to

VISITOR = actors.visitor(ip="192.0.2.7")


@pytest.mark.django_db
class TestVisitors:
    def test_unverified_get_an_activation_verified_a_reset(self) -> None:
        contact, customer = make_contact(email="new@acme.example"), make_customer(email="old@acme.example")
        for email in ("new@acme.example", "old@acme.example"):
            send_access_link(email, by=VISITOR)
        assert [letter.notice for letter in (*letters_to(contact), *letters_to(customer))] == [
            "user_activation",
            "password_reset",
        ]

    def test_the_log_says_that_they_asked_not_that_they_sent(self, as_admin: Client) -> None:
        make_contact(email="new@acme.example")
        make_customer(email="old@acme.example")
        for email in ("new@acme.example", "old@acme.example"):
            send_access_link(email, by=VISITOR)
        page = as_admin.get("/admin/audit-log/").content.decode()
        assert "<strong>A visitor</strong> asked for an activation email to a contact" in page
        assert "<strong>A visitor</strong> asked for a password reset email to a contact" in page

    def test_a_secondary_address_leads_to_a_letter_to_the_primary(self) -> None:
        contact = make_contact(email="first@acme.example", emails=("second@acme.example",))
        send_access_link("second@acme.example", by=VISITOR)
        assert [letter.to_email for letter in letters_to(contact)] == ["first@acme.example"]

    @pytest.mark.parametrize(
        "typed", ["nobody@acme.example", "\u212aim@acme.example", "kim", "", "x" * 5000, "a\x00b@acme.example"]
    )
    def test_what_nobody_has_sends_nothing(self, typed: str) -> None:
        make_contact(email="kim@acme.example")
        send_access_link(typed, by=VISITOR)
        assert not OutgoingEmail.objects.exists()

    def test_a_full_width_address_finds_its_owner_and_writes_to_the_stored_one(self) -> None:
        contact = make_contact(email="kim@acme.example")
        send_access_link("ｋｉｍ＠ａｃｍｅ．ｅｘａｍｐｌｅ", by=VISITOR)
        assert [letter.to_email for letter in letters_to(contact)] == ["kim@acme.example"]

    def test_blocked_deleted_and_agents_get_nothing(self) -> None:
        make_contact(email="b@acme.example", blocked_at=timezone.now())
        make_contact(email="d@acme.example", deleted_at=timezone.now())
        make_agent(email="ada@helpdesk.example")
        for email in ("b@acme.example", "d@acme.example", "ada@helpdesk.example"):
            send_access_link(email, by=VISITOR)
        assert not OutgoingEmail.objects.exists()

    def test_three_letters_an_hour_six_a_day(self) -> None:
        contact = make_contact(email="kim@acme.example")

        def ask(times: int) -> int:
            for _ in range(times):
                send_access_link("kim@acme.example", by=VISITOR)
                age(contact, minutes=2)
            return len(letters_to(contact))

        assert ask(5) == 3
        _past(hours=1)
        assert ask(5) == 6
        _past(hours=1)
        assert ask(5) == 6

    def test_asking_again_within_the_minute_costs_no_allowance(self) -> None:
        contact = make_contact(email="kim@acme.example")
        for _ in range(5):
            send_access_link("kim@acme.example", by=VISITOR)
        for _ in range(2):
            age(contact, minutes=2)
            send_access_link("kim@acme.example", by=VISITOR)
        assert len(letters_to(contact)) == 3

    def test_agents_buttons_are_not_limited_so(self) -> None:
        contact = make_contact()
        for _ in range(8):
            assert send_activations([contact.pk], by=actors.person(make_admin())).sent == [contact]
            age(contact, minutes=2)


def _past(*, hours: int) -> None:
    """Let the windows of visitors' limits begin earlier, as if the time had passed; the day's as well."""
    for tally in Tally.objects.all():
        tally.started_at -= timedelta(hours=hours, seconds=1)
        tally.save()
