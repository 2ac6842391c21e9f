"""Who looked at what: one line per person and thing within ten minutes, kept for two years, found in the log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from helpdesk.audit import retention
from helpdesk.audit.actions import Target, record
from helpdesk.audit.models import AuditEntry
from helpdesk.audit.reading import note_download, note_search, note_view
from helpdesk.users import actors
from helpdesk.workers.sweeping import TIDIES
from tests.factories import make_agent, make_company, make_contact, make_customer

pytestmark = pytest.mark.django_db
LOG = "/admin/audit-log/"
NOON = "2026-11-22 12:00Z"


def noted(**which: Any) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(strand="access", **which).order_by("pk"))


def acts(client: Client, **query: str) -> list[str]:
    return [line.entry.action for line in client.get(LOG, query).context["lines"]]


class TestViews:
    @pytest.mark.parametrize("make", [make_contact, make_company])
    def test_a_profile_that_was_opened_is_noted_with_whom_and_from_where(self, as_agent: Client, make: Any) -> None:
        thing = make("Kim")
        as_agent.get(thing.get_absolute_url(), REMOTE_ADDR="203.0.113.9")
        (entry,) = noted()
        assert (entry.action, entry.target_kind, entry.target_id) == ("access.view", thing._meta.label_lower, thing.pk)
        assert (entry.actor_id, entry.ip) == (as_agent.user.pk, "203.0.113.9")  # type: ignore[attr-defined]

    def test_again_within_ten_minutes_leaves_no_second_line(self, as_agent: Client) -> None:
        contact = make_contact()
        with time_machine.travel(NOON, tick=False) as clock:
            as_agent.get(contact.get_absolute_url())
            clock.shift(9 * 60)
            as_agent.get(contact.get_absolute_url())
            assert len(noted()) == 1
            clock.shift(2 * 60)
            as_agent.get(contact.get_absolute_url())
            assert len(noted()) == 2

    def test_each_person_and_each_thing_has_a_line(self) -> None:
        ada, otto = (actors.person(make_agent(name=name)) for name in ("Ada", "Otto"))
        contact, company = make_contact(), make_company()
        with time_machine.travel(NOON, tick=False):
            for by in (ada, otto):
                note_view(contact, by=by)
                note_view(company, by=by)
        assert len(noted()) == 4

    def test_costs_one_statement(self, django_assert_num_queries: Any) -> None:
        contact, ada = make_contact(), actors.person(make_agent())
        for _ in range(2):
            with django_assert_num_queries(1):
                note_view(contact, by=ada)

    def test_what_nobody_may_see_is_not_noted(self, as_customer: Client, client: Client) -> None:
        contact = make_contact()
        client.get(contact.get_absolute_url())
        as_customer.get(contact.get_absolute_url())
        assert noted() == []


class TestSearches:
    @pytest.mark.parametrize(
        ("address", "kind"), [("/contacts/", "contacts.contact"), ("/companies/", "companies.company")]
    )
    def test_a_search_is_noted_with_its_words(self, as_agent: Client, address: str, kind: str) -> None:
        with time_machine.travel(NOON, tick=False):
            for text in ("  김민준 ", "김민준", "kim"):
                as_agent.get(address, {"q": text})
        assert [(entry.target_kind, entry.target_name) for entry in noted()] == [(kind, "김민준"), (kind, "kim")]

    @pytest.mark.parametrize("query", ["", "?q=", "?q=%20%20", "?view=unverified"])
    def test_a_list_without_a_search_is_not(self, as_agent: Client, query: str) -> None:
        as_agent.get(f"/contacts/{query}")
        assert noted() == []

    def test_a_very_long_search_is_cut(self) -> None:
        note_search("contacts.contact", "x" * 5000, by=actors.person(make_agent()))
        assert len(noted()[0].target_name) == 200


def test_every_download_counts() -> None:
    ada = actors.person(make_agent())
    for _ in range(2):
        note_download(Target("jobs.job", 7, "contacts.csv"), by=ada)
    assert [entry.action for entry in noted()] == ["access.download"] * 2


class TestTheLog:
    @pytest.fixture(autouse=True)
    def _lines(self) -> None:
        ada = actors.person(make_agent())
        note_view(make_contact(), by=ada)
        record("contact.edit", make_contact(), by=ada)

    def test_leaves_views_out_unless_asked(self, as_admin: Client) -> None:
        assert acts(as_admin) == ["contact.edit"]
        assert acts(as_admin, group="access") == ["access.view"]
        assert acts(as_admin, group="everything") == ["contact.edit", "access.view"]
        assert acts(as_admin, group="contact") == ["contact.edit"]


class TestRetention:
    def test_forgets_views_and_sign_ins_after_two_years_and_nothing_else(self) -> None:
        contact, ada = make_contact(), actors.person(make_agent())
        for days in (729, 731):
            with time_machine.travel(timezone.now() - timedelta(days=days)):
                note_view(contact, by=ada)
                record("contact.sign_in", contact, by=ada)
                record("contact.edit", contact, by=ada)
                record("contact.activate", contact, by=ada)
        TIDIES["audit.passing"]()
        left = AuditEntry.objects.filter(at__lt=timezone.now() - timedelta(days=730)).values_list("action", flat=True)
        assert sorted(left) == ["contact.activate", "contact.edit"]
        assert AuditEntry.objects.count() == 6

    def test_goes_on_until_all_is_gone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(retention, "MOST_AT_ONCE", 2)
        with time_machine.travel(timezone.now() - timedelta(days=800)):
            for _ in range(5):
                note_download(Target("jobs.job", 7, "contacts.csv"), by=actors.person(make_agent()))
        assert retention.tidy() == 5

    @pytest.mark.parametrize(("given", "kept"), [(90, 90), (0, 1), (-5, 1), (10**9, 36_500)])
    def test_the_setting_is_bounded(self, settings: Any, given: int, kept: int) -> None:
        settings.ACCESS_LOG_DAYS = given
        assert retention.days_kept() == kept


class TestSignIns:
    def test_a_customers_sign_in_is_a_line_of_the_contact(self, client: Client) -> None:
        contact = make_customer(email="kim@acme.example")
        client.post(
            "/portal/login/", {"email": "kim@acme.example", "password": "demo-helpdesk"}, REMOTE_ADDR="203.0.113.9"
        )
        entry = AuditEntry.objects.get(action="contact.sign_in")
        assert (entry.target_id, entry.ip, entry.strand, entry.is_event) == (contact.pk, "203.0.113.9", "signin", True)

    @pytest.mark.parametrize("door", ["/portal/login/", "/login/"])
    def test_the_first_try_too_many_is_a_line_and_no_later_one(self, client: Client, door: str) -> None:
        contact = make_customer(email="kim@acme.example")
        for _ in range(14):
            client.post(door, {"email": "KIM@acme.example", "password": "wrong"})
        entry = AuditEntry.objects.get(action="contact.lock_out")
        assert (entry.target_id, entry.actor_kind) == (contact.pk, "visitor")

    @pytest.mark.parametrize("email", ["nobody@acme.example", "no address"])
    def test_nobodys_address_leaves_the_same_line(self, client: Client, email: str) -> None:
        for _ in range(12):
            client.post("/portal/login/", {"email": email, "password": "wrong"})
        entry = AuditEntry.objects.get(action="contact.lock_out")
        assert (entry.target_id, entry.target_name) == (None, email)

    def test_an_agents_sign_in_stays_the_teams(self, client: Client) -> None:
        make_agent(email="ada@helpdesk.example")
        client.post("/portal/login/", {"email": "ada@helpdesk.example", "password": "demo-helpdesk"})
        assert set(AuditEntry.objects.values_list("action", flat=True)) == {"user.sign_in"}
