"""The log reads as sentences, newest first, and finds what is asked for."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from companies.actions import facts
from contacts.actions.drafts import Draft
from contacts.actions.merging import STATES
from contacts.followers import FOLLOWERS
from helpdesk.audit import wording
from helpdesk.audit.actions import Target, record
from helpdesk.audit.lines import line
from helpdesk.audit.models import AuditEntry
from helpdesk.team.actions.profiles import FIELDS as PROFILE
from helpdesk.ui.house import NAMES
from helpdesk.users import actors
from tests.factories import make_agent, make_company, make_contact

pytestmark = pytest.mark.django_db
URL = "/admin/audit-log/"
COMMAND = actors.system("command")


def words(client: Client, **query: str) -> str:
    """The page without tags."""
    page = client.get(URL, query).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page[page.index("<main") :]).split())


class TestSentences:
    def test_a_person_with_before_and_after_address_and_request(self, as_admin: Client) -> None:
        ada = actors.person(make_agent(name="Ada Agent"), ip="203.0.113.9", request_id="req-1")
        company = make_company("Acme")
        record("company.edit", company, changes={"name": ("Acme", "Acme Ltd.")}, by=ada)
        page = words(as_admin)
        assert "Ada Agent edited a company · Acme" in page
        assert "Name Acme → Acme Ltd." in page
        assert "IP 203.0.113.9" in page
        assert "req-1" in page

    def test_the_target_leads_to_its_page(self, as_admin: Client) -> None:
        agent = make_agent(name="Otto")
        record("user.deactivate", agent, by=COMMAND)
        assert f'<a href="/admin/team/{agent.pk}/">Otto</a>' in as_admin.get(URL).content.decode()

    def test_the_system_and_visitors_are_named_as_such(self, as_admin: Client) -> None:
        record("user.deactivate", make_agent(), by=COMMAND)
        record("user.ask_reset", make_agent(), by=actors.visitor(ip="203.0.113.9"))
        page = words(as_admin)
        assert "The system (command line) deactivated an agent" in page
        assert "A visitor asked for a password reset" in page

    def test_what_was_done_to_oneself_is_not_named_twice(self, as_admin: Client) -> None:
        agent = make_agent(name="Ada Agent")
        record("user.sign_in", agent, by=actors.person(agent))
        assert words(as_admin).count("Ada Agent") == 1

    def test_hostile_names_stay_text(self, as_admin: Client) -> None:
        record("contact.block", Target("contacts.contact", 1, "<script>alert(1)</script>"), by=COMMAND)
        assert "<script>alert(1)" not in as_admin.get(URL).content.decode()

    def test_an_act_without_words_is_shown_as_it_is(self) -> None:
        entry = record(
            "gone.act", Target("gone.thing", 1, "It"), changes={"some_field": (None, ["a", "b"])}, by=COMMAND
        )
        shown = line(entry)
        assert (shown.did, shown.url) == ("gone.act", "")
        assert (shown.changes[0].label, shown.changes[0].before, shown.changes[0].after) == ("Some field", "", "a, b")

    def test_values_read_as_on_their_page(self) -> None:
        agent = make_agent()
        moment = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
        changes = {
            "role": ("agent", "admin"),
            "is_active": (True, False),
            "language": ("en", "ko"),
            "last_login": (None, moment),
        }
        shown = {
            change.label: (change.before, change.after)
            for change in line(record("user.x", agent, changes=changes, by=COMMAND)).changes
        }
        assert shown["Role"] == ("Agent", "Admin")
        assert shown["Language"] == ("English", "Korean")
        assert ("Yes", "No") in shown.values()
        assert shown["Last login"][1].startswith("2026-11-22 ")


class TestSearching:
    @pytest.fixture(autouse=True)
    def _entries(self) -> None:
        ada = actors.person(make_agent(name="Ada Agent"))
        record("company.edit", make_company("Acme"), by=ada)
        record("contact.block", make_contact("Kim Kunde"), by=COMMAND)
        record("user.deactivate", make_agent(name="Otto Old"), by=ada)
        AuditEntry.objects.filter(action="contact.block").update(at=datetime(2026, 3, 5, 23, 30, tzinfo=UTC))

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({}, {"company.edit", "contact.block", "user.deactivate"}),
            ({"who": "ada"}, {"company.edit", "user.deactivate"}),
            ({"group": "company"}, {"company.edit"}),
            ({"kind": "users.user"}, {"user.deactivate"}),
            ({"about": "kim"}, {"contact.block"}),
            ({"first_day": "2026-03-06", "last_day": "2026-03-06"}, {"contact.block"}),
            ({"first_day": "2026-03-05", "last_day": "2026-03-05"}, set()),
            ({"who": "ada", "about": "otto"}, {"user.deactivate"}),
            ({"about": "nothing like it"}, set()),
        ],
    )
    def test_narrows(self, as_admin: Client, query: dict[str, str], found: set[str]) -> None:
        as_admin.user.time_zone = "Asia/Seoul"  # type: ignore[attr-defined]
        as_admin.user.save()  # type: ignore[attr-defined]
        lines = as_admin.get(URL, query).context["lines"]
        assert {shown.entry.action for shown in lines} == found

    def test_days_in_reverse_are_named(self, as_admin: Client) -> None:
        page = as_admin.get(URL, {"first_day": "2026-03-06", "last_day": "2026-03-05"})
        assert page.context["form"].errors["last_day"] == ["“Until” is before “Since”: choose a later day."]
        assert "Nothing was recorded" not in page.content.decode()

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("first_day", "yesterday"),
            ("first_day", "9999-12-31"),
            ("last_day", "0001-01-01"),
            ("group", "nope"),
            ("who", "x" * 201),
        ],
    )
    def test_what_cannot_be_read_is_told_and_narrows_nothing(self, as_admin: Client, field: str, value: str) -> None:
        page = as_admin.get(URL, {field: value})
        assert field in page.context["form"].errors
        assert len(page.context["lines"]) == 3

    @pytest.mark.parametrize(
        "cursor", ["x", "WyJhIiwiMDAwMS0wMS0wMVQwMDowMDowMCIsMV0", "WyJhIiwiMjAyNi0wMS0wMVQwMDowMDowMCIsMV0"]
    )
    def test_a_forged_cursor_breaks_nothing(self, as_admin: Client, cursor: str) -> None:
        assert as_admin.get(URL, {"cursor": cursor}).status_code == 200


class TestPaging:
    def test_newest_first_thirty_a_page_and_no_line_twice(self, as_admin: Client) -> None:
        company = make_company()
        entries = [record("company.edit", company, by=COMMAND).pk for _ in range(65)]
        seen, cursor = [], ""
        for _ in range(3):
            page = as_admin.get(URL, {"cursor": cursor} if cursor else {})
            seen += [shown.entry.pk for shown in page.context["lines"]]
            cursor = page.context["page"].next
        assert seen == entries[::-1]
        assert cursor == ""

    def test_a_page_costs_the_same_queries_whatever_is_on_it(
        self, as_admin: Client, django_assert_max_num_queries: object
    ) -> None:
        for _ in range(40):
            record("user.deactivate", make_agent(), by=COMMAND)
        with django_assert_max_num_queries(3):  # type: ignore[operator]
            as_admin.get(URL)


class TestDoor:
    @pytest.mark.parametrize("who", ["as_agent", "as_supervisor", "as_customer"])
    def test_is_for_admins(self, who: str, request: pytest.FixtureRequest) -> None:
        assert request.getfixturevalue(who).get(URL).status_code == 403


def _recorded() -> set[str]:
    """Every action that stands in the code as text."""
    acts: set[str] = set()
    for room in ("helpdesk", "companies", "contacts", "portal"):
        for file in (Path(settings.BASE_DIR) / room).rglob("*.py"):
            acts |= set(re.findall(r'(?:\brecord|\bEntry)\(\s*"([a-z_]+\.[a-z_]+)"', file.read_text()))
    return acts


def test_every_act_has_its_words() -> None:
    acts = _recorded()
    assert {"company.edit", "user.invite", "contact.send_activation"} <= acts
    assert sorted(acts - set(wording.ACTIONS)) == []


NAMED = re.compile(r'(?:\brecord|\bEntry)\(\s*"([a-z]+)\.[a-z_]+",[^{}"]*\{"([a-z_]+)":')
KINDS = {
    "contact": "contacts.contact",
    "company": "companies.company",
    "user": "users.user",
    "helpdesk": "users.signinpolicy",
    "notice": "outbox.noticeswitch",
    "note": "contacts.contact",
}


def _kept() -> set[tuple[str, str]]:
    """Every kind of target with the names of what is recorded about it."""
    kept = {("jobs.job", name) for name in ("rows", "about", "reason")}
    kept |= {
        ("contacts.contact", name) for name in (*Draft().as_recorded(), *STATES, *FOLLOWERS, "merged_into", "left")
    }
    kept |= {("companies.company", name) for name in facts(make_company())}
    kept |= {("users.user", name) for name in (*PROFILE, "is_active")}
    kept |= {("ui.helpdesk", name) for name in NAMES}
    kept |= {("outbox.noticewording", name) for name in ("letter_subject", "letter_body")}
    for room in ("helpdesk", "companies", "contacts", "portal"):
        for file in (Path(settings.BASE_DIR) / room).rglob("*.py"):
            kept |= {(KINDS[group], name) for group, name in NAMED.findall(file.read_text())}
    return kept


def _label(kind: str, name: str) -> str:
    (change,) = line(AuditEntry(target_kind=kind, changes={name: [None, None]})).changes
    return change.label


def test_whatever_is_recorded_is_named_in_korean() -> None:
    kept = _kept()
    assert {("contacts.contact", "email"), ("users.user", "role"), ("contacts.contact", "note")} <= kept
    with translation.override("ko"):
        labels = {(kind, name): _label(kind, name) for kind, name in kept}
    assert {key: label for key, label in labels.items() if not re.search("[가-힣]", label)} == {}


def test_every_kind_of_target_that_is_registered_can_be_reached() -> None:
    from django.urls import reverse

    for words_of in wording.TARGETS.values():
        if words_of.url_name:
            assert reverse(words_of.url_name, args=[1])


def test_every_kind_of_target_begins_with_a_capital() -> None:
    nouns = [str(words_of.noun) for words_of in wording.TARGETS.values()]
    assert [noun for noun in nouns if not noun[:1].isupper()] == []


def test_a_group_holds_only_its_own_acts() -> None:
    with pytest.raises(ValueError, match=r"user\.act"):
        wording.register("contact", "Contacts", {"user.act": "acted"})
