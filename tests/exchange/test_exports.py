"""Exports from asking to taking the file away: what is in it, who gets it, and what is left when it goes wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from contacts.models import Contact, Membership, Tag, Tagging
from helpdesk.audit.models import AuditEntry
from helpdesk.exchange import chores
from helpdesk.exchange.models import JobFile
from helpdesk.exchange.sheets import SHEETS
from helpdesk.jobs import engine
from helpdesk.jobs.models import Job
from helpdesk.outbox.models import NoticeSwitch, OutgoingEmail
from helpdesk.ui import house
from helpdesk.users.models import User
from tests.conftest import SignIn
from tests.exchange.exports import ask, column, data_of, exported, rows_of
from tests.factories import make_admin, make_company, make_contact, make_customer, make_supervisor
from tests.jobs.test_engine import go

pytestmark = pytest.mark.django_db
PAGE = "/contacts/export/"


@pytest.fixture
def sora(db: None) -> User:
    return make_supervisor()


def tag(contact: Contact, *names: str) -> None:
    for name in names:
        made, _ = Tag.objects.get_or_create(name=name, key=name.casefold())
        Tagging.objects.create(contact=contact, tag=made)


def letters() -> list[OutgoingEmail]:
    return list(OutgoingEmail.objects.filter(notice__startswith="export_").order_by("pk"))


class TestFile:
    def test_has_all_of_a_contact(self, sora: User) -> None:
        company, other = make_company("㈜한빛"), make_company("A; B")
        contact = make_contact(
            "=김민준", email="kim@hanbit.example", emails=("second@hanbit.example", "third@hanbit.example"),
            company=company, mobile_phone="01012345678", work_phone="+82212345678", external_id="0042",
            job_title="과장", department="구매", address="서울", notes="line 1\nline 2", language="ko", time_zone="Asia/Seoul",
        )  # fmt: skip
        Membership.objects.create(contact=contact, company=other)
        tag(contact, "vip", "2026")
        fields = [field.name for field in SHEETS["contacts"].fields()]
        header, row = rows_of(exported(sora, fields=fields))
        told = dict(zip(header, row, strict=True))
        made = timezone.localtime(contact.created_at, timezone.get_fixed_timezone(540)).strftime("%Y-%m-%d %H:%M")
        assert told == {
            "Name": "'=김민준", "Email": "kim@hanbit.example", "Secondary emails": "second@hanbit.example; third@hanbit.example",
            "Work phone": "02-1234-5678", "Mobile phone": "010-1234-5678", "Company": "㈜한빛", "Further companies": '"A; B"',
            "Job title": "과장", "Department": "구매", "Tags": "2026; vip", "Language": "ko", "Time zone": "Asia/Seoul",
            "Address": "서울", "External ID": "'0042", "Notes": "line 1\nline 2", "State": "Unverified", "Verified": "",
            "Created": made, "Updated": made,
        }  # fmt: skip

    def test_is_utf_8_with_a_mark_and_crlf_and_says_its_header_in_the_language_asked_for(self, sora: User) -> None:
        make_contact("김민준")
        data = data_of(exported(sora, language="ko", fields=["name", "email"]))
        assert data.startswith(b"\xef\xbb\xbf" + '"이름","이메일"\r\n"김민준"'.encode()) and data.endswith(b'"\r\n')

    def test_states(self, sora: User) -> None:
        make_contact("A")
        make_customer("B")
        make_contact("C", blocked_at=timezone.now())
        assert column(exported(sora, fields=["name", "state"]), "State") == ["Unverified", "Verified", "Blocked"]

    def test_is_written_in_parts_in_the_order_of_age(self, sora: User, small_chunks: None) -> None:
        for name in ("E", "D", "C", "B", "A"):
            make_contact(name)
        job = exported(sora)
        assert (job.state, job.totals, column(job, "Name")) == ("done", {"done": 5}, ["E", "D", "C", "B", "A"])

    def test_one_part_is_in_the_order_of_the_list(self, sora: User) -> None:
        for name in ("B", "C", "A"):
            make_contact(name)
        assert column(exported(sora), "Name") == ["A", "B", "C"]
        assert column(exported(sora, "sort=newest"), "Name") == ["A", "C", "B"]

    @pytest.mark.parametrize("kind", ["csv", "cp949", "xlsx"])
    def test_of_each_format_says_the_same(self, sora: User, small_chunks: None, kind: str) -> None:
        for name in ("김민준", "이서연", "Noah"):
            make_contact(name, email=None, external_id=name)
        job = exported(sora, format=kind, fields=["name", "external_id"])
        assert rows_of(job) == [["Name", "External ID"], ["김민준", "김민준"], ["이서연", "이서연"], ["Noah", "Noah"]]

    def test_names_what_cp949_could_not_hold(self, sora: User, sign_in: SignIn) -> None:
        make_contact("Chloé 😀 뷁")
        job = exported(sora, format="cp949", fields=["name"])
        assert rows_of(job)[1] == ["Chlo? ? 뷁"]
        page = sign_in(sora).get(job.get_absolute_url()).text
        assert "2 characters that CP949 does not have" in page and "😀" in page

    def test_of_companies(self, sora: User) -> None:
        make_company("㈜한빛", domains=("hanbit.example", "한빛.example"), phone="02-1", notes="@SUM(1)")
        make_company("Gone", deleted_at=timezone.now())
        job = exported(sora, sheet="companies")
        assert rows_of(job)[1][:2] == ["㈜한빛", "hanbit.example; 한빛.example"]
        assert column(job, "Notes") == ["'@SUM(1)"]
        assert column(exported(sora, "view=deleted", sheet="companies"), "Name") == ["Gone"]

    def test_survives_our_own_signs_in_a_text(self, sora: User) -> None:
        make_contact("odd\x1fname\x1e", email=None, external_id="x")
        assert rows_of(exported(sora, fields=["name", "external_id"]))[1] == ["odd name ", "x"]


class TestWhom:
    def test_view_search_and_tag_narrow(self, sora: User) -> None:
        kim, _lee = make_contact("Kim A"), make_contact("Lee A")
        make_customer("Kim Verified")
        tag(kim, "vip")
        tag(make_contact("Kim C"), "vip")
        assert column(exported(sora, "view=unverified&q=kim"), "Name") == ["Kim A", "Kim C"]
        assert column(exported(sora, "view=all&tag=vip"), "Name") == ["Kim A", "Kim C"]

    def test_those_ticked(self, sora: User) -> None:
        one, _other, three = make_contact("A"), make_contact("B"), make_contact("C")
        assert column(exported(sora, f"view=unverified&contact={one.pk}&contact={three.pk}&contact=x"), "Name") == [
            "A",
            "C",
        ]

    def test_deleted_ones_only_in_their_view(self, sora: User) -> None:
        make_contact("A")
        make_contact("Gone", deleted_at=timezone.now())
        assert column(exported(sora), "Name") == ["A"]
        assert column(exported(sora, "view=deleted"), "Name") == ["Gone"]

    def test_who_is_deleted_meanwhile_is_left_out_and_counted(self, sora: User, sign_in: SignIn) -> None:
        gone, kept, forgotten = make_contact("A"), make_contact("B"), make_contact("C")
        job = ask(sora)
        Contact.objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
        forgotten.delete()
        job = go(job)
        assert (job.totals, column(job, "Name")) == ({"done": 1, "skipped": 2}, [kept.name])
        assert (
            "1 row was exported; 2 deleted in the meantime, left out." in sign_in(sora).get(job.get_absolute_url()).text
        )

    def test_two_at_once_do_not_disturb_each_other(self, sora: User, small_chunks: None) -> None:
        for name in ("A", "B", "C"):
            make_contact(name)
        one, two = ask(sora), ask(make_admin(), "q=B")
        assert engine.run(two.pk, two.epoch) is None
        assert column(go(one), "Name") == ["A", "B", "C"]
        two.refresh_from_db()
        assert column(two, "Name") == ["B"]


class TestPage:
    def test_says_exactly_what_will_be_exported(self, sora: User, sign_in: SignIn) -> None:
        for number in range(3):
            make_contact(f"Kim {number}")
        page = sign_in(sora).get(f"{PAGE}?view=unverified&q=kim").text
        assert "<strong>3 contacts</strong>: Unverified contacts, search “kim”" in page

    def test_makes_one_job_however_often_it_is_sent(self, sora: User, sign_in: SignIn) -> None:
        make_contact("A")
        browser, form = sign_in(sora), {"columns": ["name"], "format": "xlsx", "form_id": "a" * 20}
        answers = [browser.post(f"{PAGE}?q=A", form) for _ in range(2)]
        job = Job.objects.get()
        assert [answer["Location"] for answer in answers] == [job.get_absolute_url()] * 2
        promise = f"We are preparing your file and will email {sora.email}. Track it in Imports &amp; exports."
        assert promise in browser.get(job.get_absolute_url()).text
        assert rows_of(go(job)) == [["Name"], ["A"]]

    def test_promises_no_letter_where_admins_want_none(self, sora: User, sign_in: SignIn) -> None:
        NoticeSwitch.objects.create(notice="export_ready", is_on=False)
        make_contact("A")
        browser = sign_in(sora)
        answer = browser.post(PAGE, {"columns": ["name"], "format": "csv"}, follow=True)
        assert "We are preparing your file. Track it" in answer.text
        go(Job.objects.get())
        assert letters() == []

    def test_refuses_no_field_and_a_format_nobody_knows(self, sora: User, sign_in: SignIn) -> None:
        make_contact("A")
        answer = sign_in(sora).post(PAGE, {"format": "pdf"})
        assert (answer.status_code, Job.objects.count()) == (422, 0)
        assert "Choose at least one field." in answer.text

    def test_offers_nothing_where_nobody_is(self, sora: User, sign_in: SignIn) -> None:
        browser = sign_in(sora)
        assert "There is nothing to export here." in browser.get(f"{PAGE}?q=nobody").text
        browser.post(f"{PAGE}?q=nobody", {"columns": ["name"], "format": "csv"})
        assert not Job.objects.exists()

    def test_asks_for_a_reason_where_admins_want_one(self, sora: User, sign_in: SignIn) -> None:
        house.MEMORY.hold(replace(house.by_environment(), export_reason=True))
        make_contact("A")
        browser, form = sign_in(sora), {"columns": ["name"], "format": "csv"}
        assert browser.post(PAGE, form).status_code == 422
        browser.post(PAGE, {**form, "reason": "Yearly  audit"})
        entry = AuditEntry.objects.get(action="job.export_contacts")
        assert (entry.changes["reason"], entry.changes["rows"], entry.ip) == (
            [None, "Yearly audit"],
            [None, 1],
            "127.0.0.1",
        )

    def test_run_again_begins_with_the_same_fields(self, sora: User, sign_in: SignIn) -> None:
        make_contact("A")
        job = exported(sora, "view=unverified", format="xlsx", fields=["name", "notes"])
        browser = sign_in(sora)
        again = f"{PAGE}?view=unverified&amp;again={job.pk}"
        assert f'href="{again}"' in browser.get(job.get_absolute_url()).text
        page = browser.get(again.replace("&amp;", "&")).text
        ticked = [line for line in page.split("<input") if "checked" in line]
        assert len(ticked) == 3 and 'value="xlsx"' in ticked[-1]

    def test_is_absent_for_agents(self, as_agent: Client, as_supervisor: Client) -> None:
        make_contact("A")
        for place, address in (("/contacts/", PAGE), ("/companies/", "/companies/export/")):
            assert address not in as_agent.get(place).text
            assert address in as_supervisor.get(place).text
            assert as_agent.get(address).status_code == 403

    def test_the_list_hands_on_what_it_shows(self, as_supervisor: Client) -> None:
        make_contact("Kim")
        assert f'href="{PAGE}?view=unverified&amp;q=kim"' in as_supervisor.get("/contacts/?view=unverified&q=kim").text

    def test_the_bar_hands_on_those_ticked_or_the_whole_view(self, as_supervisor: Client) -> None:
        form = {"act": "export", "next": "/contacts/?q=kim", "contact": ["3", "7"]}
        assert as_supervisor.post("/contacts/acts/", form)["Location"] == f"{PAGE}?q=kim&contact=3&contact=7"
        assert as_supervisor.post("/contacts/acts/", {**form, "whole": "on"})["Location"] == f"{PAGE}?q=kim"


class TestDownload:
    def test_is_for_whoever_asked_alone(self, sora: User, sign_in: SignIn) -> None:
        make_contact("A")
        job = exported(sora)
        address = f"/jobs/{job.pk}/download/"
        assert sign_in(make_admin()).get(address).status_code == 404
        assert sign_in(make_supervisor()).get(address).status_code == 404
        assert Client().get(address)["Location"].startswith("/login/")
        assert sign_in(sora).get(address).status_code == 200

    def test_is_a_private_file_and_noted_each_time(self, sora: User, sign_in: SignIn) -> None:
        make_contact("A")
        job = exported(sora, language="ko")
        browser, address = sign_in(sora), f"/jobs/{job.pk}/download/"
        answer = browser.get(address)
        assert answer.getvalue() == data_of(job)
        assert (
            answer["Content-Disposition"].startswith("attachment; filename") and ".csv" in answer["Content-Disposition"]
        )
        assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        browser.head(address)
        entry = AuditEntry.objects.get(action="access.download")
        assert (entry.target_kind, entry.target_id, entry.actor_id, entry.ip) == (
            "jobs.job",
            job.pk,
            sora.pk,
            "127.0.0.1",
        )

    def test_needs_the_permission_of_now(self, sora: User, sign_in: SignIn) -> None:
        make_contact("A")
        job = exported(sora)
        User.objects.filter(pk=sora.pk).update(role="agent")
        assert sign_in(sora).get(f"/jobs/{job.pk}/download/").status_code == 403

    def test_ends_after_the_days_that_admins_set(self, sora: User, sign_in: SignIn) -> None:
        house.MEMORY.hold(replace(house.by_environment(), export_days=2))
        make_contact("A")
        job = exported(sora)
        file = JobFile.objects.get(job=job, role="result")
        assert file.expires_at is not None
        assert abs(file.expires_at - timezone.now() - timedelta(days=2)) < timedelta(minutes=1)
        JobFile.objects.update(expires_at=timezone.now())
        answer = sign_in(sora).get(f"/jobs/{job.pk}/download/")
        assert (answer.status_code, "Run again" in answer.text) == (410, True)
        chores.tidy()
        assert not JobFile.objects.exists()
        assert "The file is not kept any more." in sign_in(sora).get(job.get_absolute_url()).text

    def test_the_page_offers_it_to_its_owner_only(self, sora: User, sign_in: SignIn) -> None:
        make_contact("A")
        job = exported(sora)
        link = f'href="/jobs/{job.pk}/download/"'
        assert link in sign_in(sora).get(job.get_absolute_url()).text
        others = sign_in(make_admin()).get(job.get_absolute_url()).text
        assert link not in others and "Only whoever asked for it can download it." in others


class TestLetter:
    def test_comes_once_with_the_way_to_the_file(self, sora: User) -> None:
        make_contact("A")
        job = exported(sora)
        engine.run(job.pk, job.epoch)
        (letter,) = letters()
        assert (letter.notice, letter.to_email, letter.about_id) == ("export_ready", sora.email, job.pk)
        assert f"/jobs/{job.pk}/" in letter.text and "(1 contact)" in letter.text

    def test_tells_when_there_will_be_no_file(self, sora: User, folder: Path) -> None:
        make_contact("A")
        job = ask(sora)
        (folder / "files").touch()
        job = go(job)
        assert (job.state, [letter.notice for letter in letters()]) == ("failed", ["export_failed"])
        assert "The file could not be written" in letters()[0].text

    @pytest.mark.parametrize("change", [{"is_active": False}, {"role": "agent"}])
    def test_nobody_gets_the_file_who_may_no_longer_export(self, sora: User, change: dict[str, object]) -> None:
        make_contact("A")
        job = ask(sora)
        User.objects.filter(pk=sora.pk).update(**change)
        job = go(job)
        assert (job.state, letters(), JobFile.objects.count()) == ("failed", [], 0)
        assert "may no longer export" in (job.error or {})["text"]


def test_an_agent_cannot_export_by_posting(as_agent: Client) -> None:
    make_contact("A")
    assert as_agent.post(PAGE, {"columns": ["name"], "format": "csv"}).status_code == 403
    assert not Job.objects.exists()
