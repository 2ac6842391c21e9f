"""The timeline: everything that happened around a contact or a company, newest first, filtered, a page at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from contacts.models import Contact
from contacts.notices import CONTACT
from helpdesk.audit.actions import Entry, record, record_all
from helpdesk.audit.models import AuditEntry
from helpdesk.jobs.models import Job, JobRow
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.timeline import sources
from helpdesk.timeline.actions import add_note
from helpdesk.timeline.models import Note
from helpdesk.timeline.queries import PAGE_SIZE, Timeline, decode, encode
from helpdesk.timeline.sources import Asked, Edge, Event, TimelineSource
from helpdesk.users import actors
from tests.factories import make_agent, make_company, make_contact, make_customer

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def letter_to(contact: Contact, number: int, **fields: Any) -> OutgoingEmail:
    return OutgoingEmail(
        **{"notice": "user_activation", "cause": f"t:{contact.pk}:{number}", "about_kind": CONTACT, "about_id": contact.pk,
        "to_email": "kim@acme.example", "language": "en", "subject": "s", "text": "t", "html": "h", "state": "sent", **fields}
    )  # fmt: skip


def fill(contact: Contact, events: int) -> None:
    """So many events of all kinds, minutes apart."""
    ada, moments = actors.person(make_agent()), [NOON - timedelta(minutes=number) for number in range(events // 5)]
    for action in ("contact.edit", "contact.sign_in"):
        record_all([Entry(action, contact, {"name": ("Kim", "Lee")}, at=moment) for moment in moments], by=ada)
    OutgoingEmail.objects.bulk_create(letter_to(contact, n, created_at=at) for n, at in enumerate(reversed(moments)))
    Note.objects.bulk_create(
        Note(about_kind=CONTACT, about_id=contact.pk, text="n", author_name="Ada", created_at=at) for at in moments
    )
    job = Job.objects.create(kind="test", owner_name="Ada")
    JobRow.objects.bulk_create(
        JobRow(job=job, number=n, outcome="done", target_kind=CONTACT, target_id=contact.pk, at=at)
        for n, at in enumerate(moments)
    )


def all_pages(subject: Any, kind: str = "") -> Iterator[list[Event]]:
    timeline = Timeline.asked(subject, QueryDict(f"kind={kind}"))
    while True:
        yield timeline.page.events
        if not timeline.page.older:
            return
        timeline = Timeline.asked(subject, QueryDict(timeline.older_url.lstrip("?")))


def main_of(client: Client, url: str, **headers: str) -> str:
    html = client.get(url, headers=headers).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", html[html.find("<main") + 1 :]).split())


class TestPages:
    @pytest.mark.parametrize("kind", ["", "changes", "signins", "notes", "letters", "jobs"])
    def test_every_event_once_newest_first(self, kind: str) -> None:
        contact = make_contact()
        fill(contact, 250)
        pages = list(all_pages(contact, kind))
        events = [event for one in pages for event in one]
        assert len(events) == (50 if kind else 250)
        assert len({(event.template, event.id) for event in events}) == len(events)
        assert [event.at for event in events] == sorted((event.at for event in events), reverse=True)
        assert {len(one) for one in pages[:-1]} == {PAGE_SIZE}

    def test_events_of_one_moment_are_neither_lost_nor_doubled(self) -> None:
        contact = make_contact()
        entry = Entry("contact.edit", contact, at=NOON)
        record_all([entry] * 70, by=actors.system("command"))
        Note.objects.bulk_create(
            Note(about_kind=CONTACT, about_id=contact.pk, text="n", created_at=NOON) for _ in range(70)
        )
        events = [event for one in all_pages(contact) for event in one]
        assert len({(event.template, event.id) for event in events}) == len(events) == 140

    def test_what_happens_meanwhile_does_not_appear_on_the_next_page(self) -> None:
        contact, ada = make_contact(), actors.person(make_agent())
        record_all([Entry("contact.edit", contact, at=NOON)] * 30, by=ada)
        first = Timeline.asked(contact, QueryDict(""))
        older = QueryDict(first.older_url.lstrip("?"))
        add_note(contact, "Later", by=ada)
        record("contact.block", contact, by=ada)
        second = Timeline.asked(contact, older).page
        assert len(second.events) == 15
        assert {event.template for event in second.events} == {"timeline/_act.html"}

    @pytest.mark.parametrize("given", [
        "x", "e30", "W10", "bnVsbA", "eyJub3RlcyI6MX0", "eyJub3RlcyI6WyIyMDI2IiwxXX0", "A" * 5000, "eyJub3RlcyI6W1tdLDFdfQ",
    ])  # fmt: skip
    def test_a_forged_cursor_shows_the_first_page(self, as_agent: Client, given: str) -> None:
        contact = make_contact()
        add_note(contact, "Hello", by=actors.person(make_agent()))
        assert "Hello" in as_agent.get(contact.get_absolute_url(), {"before": given}).content.decode()

    def test_a_cursor_reads_back(self) -> None:
        places = {"notes": Edge(NOON, 7), "record": Edge(NOON - timedelta(microseconds=1), 2**40)}
        assert decode(encode(places)) == places

    def test_another_contacts_events_stay_away(self) -> None:
        contact, other = make_contact(), make_contact()
        fill(other, 50)
        assert list(all_pages(contact)) == [[]]
        company = make_company(id=other.pk)
        assert list(all_pages(company)) == [[]]


class TestWhatIsTold:
    def test_a_contacts_life(self, as_agent: Client) -> None:
        contact = make_customer("Kim", email="kim@acme.example")
        by, visitor = actors.person(make_agent(name="Otto")), actors.visitor(ip="203.0.113.9")
        record("contact.edit", contact, changes={"name": ("Kim", "Lee")}, by=by)
        record("contact.block", contact, by=by)
        record("contact.lock_out", contact, by=visitor)
        record("contact.sign_in", contact, by=actors.person(contact.user, ip="203.0.113.7"))  # type: ignore[arg-type]
        letter_to(contact, 1, state="failed", server_reply="550 no such user", requested_by="Otto").save()
        add_note(contact, "Prefers mornings.", by=by)
        job = Job.objects.create(kind="gone.kind", owner_name="Otto")
        JobRow.objects.create(job=job, number=1, outcome="done", target_kind=CONTACT, target_id=contact.pk)
        shown = main_of(as_agent, contact.get_absolute_url())
        for words in (
            "Otto edited a contact", "Name Kim → Lee", "Otto blocked a contact", "signed in to the portal · IP 203.0.113.7",
            "A visitor used up the tries to sign in · IP 203.0.113.9", "User activation email → kim@acme.example", "550 no such user",
            "Asked for by Otto", "Prefers mornings.", f"job #{job.pk}",
        ):  # fmt: skip
            assert words in shown, words

    def test_what_a_letter_or_a_note_tells_is_not_told_twice(self) -> None:
        contact, by = make_contact(), actors.person(make_agent())
        record("contact.send_activation", contact, by=by)
        letter_to(contact, 1).save()
        add_note(contact, "Hello", by=by)
        assert [event.template for event in Timeline(contact).page.events] == [
            "timeline/_note.html",
            "timeline/_letter.html",
        ]

    def test_who_looked_is_not_told(self, as_agent: Client) -> None:
        contact = make_contact()
        as_agent.get(contact.get_absolute_url())
        assert AuditEntry.objects.filter(target_id=contact.pk).exists()
        assert Timeline(contact).page.events == []

    @pytest.mark.parametrize("outcome", ["", "skipped", "failed"])
    def test_a_job_that_did_nothing_is_not_told(self, outcome: str) -> None:
        contact = make_contact()
        JobRow.objects.create(
            job=Job.objects.create(kind="k"), number=1, outcome=outcome, target_kind=CONTACT, target_id=contact.pk
        )
        assert Timeline(contact).page.events == []


class TestFilters:
    def test_chips_are_links_of_what_can_happen_here(self) -> None:
        chips = {subject: [str(chip.label) for chip in Timeline(thing).chips] for subject, thing in
                 (("contact", make_contact()), ("company", make_company()))}  # fmt: skip
        assert set(chips["contact"]) == {"All", "Notes", "Changes", "Sign-ins", "Emails", "Imports and jobs"}
        assert not {"Emails", "Sign-ins"} & set(chips["company"])

    @pytest.mark.parametrize("kind", ["nonsense", "", "Notes", "letters,notes"])
    def test_an_unknown_kind_shows_everything(self, kind: str) -> None:
        company = make_company()
        record("company.edit", company, by=actors.system("command"))
        assert len(Timeline.asked(company, QueryDict(f"kind={kind}")).page.events) == 1

    def test_htmx_gets_the_part_it_swaps(self, as_agent: Client) -> None:
        contact = make_contact()
        fill(contact, 200)
        url = contact.get_absolute_url()
        parts = [as_agent.get(url, headers={"HX-Request": "true", "HX-Target": target}).content.decode() for target in
                 ("timeline-list", "timeline-older")]  # fmt: skip
        assert all("<html" not in part and "timeline-event" in part for part in parts)
        assert ["timeline-chips" in part for part in parts] == [True, False]
        assert "<html" in as_agent.get(url, headers={"HX-Request": "true", "HX-Target": "elsewhere"}).content.decode()

    def test_the_older_pages_are_links_without_javascript(self, as_agent: Client) -> None:
        contact = make_contact()
        fill(contact, 300)
        seen, url = 0, f"{contact.get_absolute_url()}?kind=notes"
        while url:
            html = as_agent.get(url).content.decode()
            seen += html.count('class="note-text"')
            found = re.search(r'id="timeline-older-link" rel="next" href="([^"#]+)#', html)
            url = contact.get_absolute_url() + found[1].replace("&amp;", "&") if found else ""
        assert seen == 60


class TestCost:
    @pytest.mark.parametrize("make", [make_contact, make_customer])
    def test_a_profile_with_many_events_asks_at_most_twelve_questions(self, as_agent: Client, make: Any) -> None:
        contact = make(company=make_company())
        fill(contact, 2000)
        with CaptureQueriesContext(connection) as asked:
            assert as_agent.get(contact.get_absolute_url()).status_code == 200
        assert len(asked) <= 12, "\n".join(query["sql"][:200] for query in asked)

    def test_a_source_reads_a_page_and_no_more(self) -> None:
        contact = make_contact()
        fill(contact, 2000)
        for source in sources.sources_about(CONTACT):
            if source.name == "merged":  # asks first who was merged into the contact, and tells of nobody here
                continue
            asked = Asked(subject_kind=CONTACT, subject_id=contact.pk, kind="", after=None, limit=21)
            with CaptureQueriesContext(connection) as queries:
                assert len(source.events(asked)) == 21
            assert len(queries) == 1, source.name

    @pytest.mark.parametrize("table", ["audit_auditentry", "timeline_note", "outbox_outgoingemail", "jobs_jobrow"])
    def test_each_page_begins_in_an_index(self, table: str) -> None:
        contact = make_contact()
        fill(contact, 2000)
        second = Timeline.asked(contact, QueryDict(Timeline(contact).older_url.lstrip("?")))
        with CaptureQueriesContext(connection) as queries:
            assert len(second.page.events) == PAGE_SIZE
        (sql,) = [query["sql"] for query in queries if f'FROM "{table}"' in query["sql"]]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("ANALYZE")
                cursor.execute("SET LOCAL enable_seqscan = off")  # four hundred rows are quicker read than looked up
            cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{sql}")
            plan = "\n".join(str(row) for row in cursor.fetchall())
        plan = plan.replace("TEMP B-TREE FOR RIGHT PART", "")  # of rows of one moment
        assert "Seq Scan" not in plan and "TEMP B-TREE" not in plan and "SCAN " not in plan.replace("Index Scan", ""), (
            plan
        )


class TestAnySources(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.lists(st.integers(0, 8), max_size=60), min_size=1, max_size=4))
    def test_any_sources_are_told_whole_and_in_order(self, given_hours: list[list[int]]) -> None:
        """Whatever shares a moment with whatever."""
        before = dict(sources.SOURCES)
        sources.SOURCES.clear()
        try:
            for number, hours in enumerate(given_hours):
                sources.register(_made_up(f"s{number}", sorted(hours, reverse=True)))
            events = [event for one in all_pages(make_contact()) for event in one]
        finally:
            sources.SOURCES.clear()
            sources.SOURCES.update(before)
        assert sorted((event.template, event.id) for event in events) == sorted(
            (f"s{n}", place) for n, hours in enumerate(given_hours) for place in range(len(hours))
        )
        assert [event.at for event in events] == sorted((event.at for event in events), reverse=True)


def _made_up(name: str, hours: list[int]) -> TimelineSource:
    """Events at these hours, numbered from the newest."""
    told = [
        Event(at=NOON + timedelta(hours=hour), id=place, icon="x", template=name, tell=lambda: None)
        for place, hour in enumerate(hours)
    ]

    def events(asked: Asked) -> list[Event]:
        rest = told[asked.after.id + 1 :] if asked.after else told
        return rest[: asked.limit]

    return TimelineSource(name=name, kinds={name: name}, events=events)


def test_now_is_told_at_once(as_agent: Client) -> None:
    contact = make_contact()
    record("contact.edit", contact, by=actors.system("command"))
    assert abs(Timeline(contact).page.events[0].at - timezone.now()) < timedelta(minutes=1)
