"""The bar's acts: for those ticked with an answer for each, for the whole view by a frozen, counted, confirmed job."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from contacts.actions.activation import send_activations
from contacts.actions.drafts import Draft
from contacts.actions.records import edit_contact
from contacts.actions.tags import add_tags
from contacts.acts import invitations, starting
from contacts.models import Contact, Tag
from helpdesk.audit.models import AuditEntry
from helpdesk.jobs.models import Job, JobTarget
from helpdesk.jobs.states import State
from helpdesk.jobs.tasks import run
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.users import actors
from tests.contacts.test_bulk import go
from tests.factories import make_company, make_contact, make_customer, make_supervisor

pytestmark = pytest.mark.django_db
BY = actors.system("command")
ACT = "/contacts/acts/"


@pytest.fixture(autouse=True)
def no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "apply_async", lambda args, **_options: None)


def begin(client: Client, act: str, query: str = "") -> str:
    """The address of the page that asks."""
    response = client.post(ACT, {"act": act, "whole": "on", "next": f"/contacts/{query}"})
    assert response.status_code == 302, response.content
    return str(response["Location"])


def people(count: int, **fields: object) -> list[Contact]:
    return [make_contact(f"Kim {number:03}", **fields) for number in range(count)]  # type: ignore[arg-type]


@pytest.mark.parametrize("act", ["activate", "tags", "company", "block", "unblock", "delete", "restore"])
def test_agents_act_on_what_they_ticked_and_not_on_a_whole_view(as_agent: Client, act: str) -> None:
    people(31)
    assert as_agent.post(ACT, {"act": act, "whole": "on", "next": "/contacts/"}).status_code == 403
    assert as_agent.post("/contacts/activations/", {"whole": "on", "next": "/contacts/"}).status_code == 403
    assert "Select all in this view" not in as_agent.get("/contacts/").content.decode()
    assert not Job.objects.exists()


def test_supervisors_are_offered_the_view_where_it_is_more_than_the_page(as_supervisor: Client) -> None:
    people(30)
    assert "Select all in this view" not in as_supervisor.get("/contacts/").content.decode()
    make_contact()
    assert "Select all in this view" in as_supervisor.get("/contacts/").content.decode()


def test_the_selection_is_view_search_and_filters_as_they_are_at_that_moment(as_supervisor: Client) -> None:
    acme = make_company("Acme")
    wanted = [make_contact("Kim one", company=acme), make_contact("Kim two", company=acme)]
    make_contact("Kim elsewhere")
    make_contact("Lee", company=acme)
    make_customer("Kim verified", company=acme)
    add_tags(Contact.objects.all(), ["vip"], by=BY)
    make_contact("Kim untagged", company=acme)
    begin(as_supervisor, "block", f"?view=unverified&q=kim&company={acme.pk}&tag=VIP&cursor=abc")
    make_contact("Kim late", company=acme)
    assert set(JobTarget.objects.values_list("target_id", flat=True)) == {one.pk for one in wanted}


def test_a_view_is_blocked_by_one_job_with_one_line_in_the_log(as_supervisor: Client) -> None:
    made = people(3)
    address = begin(as_supervisor, "block")
    page = as_supervisor.get(address).content.decode()
    assert "Block 3 contacts?" in page
    assert as_supervisor.post(address)["Location"] == f"/jobs/{Job.objects.get().pk}/"
    job = go(Job.objects.get())
    assert (job.state, job.totals) == ("done", {"done": 3})
    assert Contact.objects.blocked().count() == len(made)
    assert list(AuditEntry.objects.filter(action__startswith="contact.").values_list("action", flat=True)) == [
        "contact.block_many"
    ]
    assert "3 contacts were blocked." in as_supervisor.get(f"/jobs/{job.pk}/").content.decode()


def test_a_second_confirmation_leads_to_the_job_of_the_first(as_supervisor: Client) -> None:
    people(2)
    address = begin(as_supervisor, "delete")
    first, second = as_supervisor.post(address), as_supervisor.post(address)
    assert first["Location"] == second["Location"] == as_supervisor.get(address)["Location"]
    assert AuditEntry.objects.filter(action="contact.delete_many").count() == 1


def test_above_a_hundred_the_number_is_typed(as_supervisor: Client) -> None:
    people(101)
    address = begin(as_supervisor, "block")
    assert "Type the number 101 to confirm" in as_supervisor.get(address).content.decode()
    for typed in ("", "100", "１０", "101x1"):
        assert as_supervisor.post(address, {"typed": typed}).status_code == 422
    assert Job.objects.get().state == State.DRAFT
    assert as_supervisor.post(address, {"typed": " １01 "}).status_code == 302
    assert Job.objects.get().state == State.QUEUED


def test_a_draft_is_its_makers_alone(as_supervisor: Client, as_admin: Client) -> None:
    people(2)
    address = begin(as_supervisor, "block")
    assert as_admin.get(address).status_code == 404
    assert as_admin.post(address).status_code == 404


@pytest.mark.parametrize(
    ("how", "kind", "left"), [("add", "contacts.add_tags", 3), ("remove", "contacts.remove_tags", 0)]
)
def test_tags_of_a_view_are_added_and_removed(as_supervisor: Client, how: str, kind: str, left: int) -> None:
    add_tags(people(3)[:1], ["vip"], by=BY)
    address = begin(as_supervisor, "tags")
    assert as_supervisor.post(address, {"how": how, "tags": " , "}).status_code == 422
    as_supervisor.post(address, {"how": how, "tags": "VIP"})
    job = go(Job.objects.get())
    assert (job.kind, job.state, job.params) == (kind, "done", {"tags": ["VIP"]})
    assert Contact.objects.filter(taggings__tag__key="vip").count() == left
    assert "VIP" in as_supervisor.get("/jobs/").content.decode()


def test_the_company_of_a_view_is_set_or_taken(as_supervisor: Client) -> None:
    acme = make_company("Acme")
    people(3)
    address = begin(as_supervisor, "company")
    for typed in ({}, {"company": "Acme", "none": "on"}, {"company": "No such"}):
        assert as_supervisor.post(address, typed).status_code == 422
    as_supervisor.post(address, {"company": "Acme"})
    assert go(Job.objects.get()).totals == {"done": 3}
    assert acme.contacts.count() == 3
    as_supervisor.post(begin(as_supervisor, "company", f"?company={acme.pk}"), {"none": "on"})
    assert go(Job.objects.latest("pk")).totals == {"done": 3}
    assert acme.contacts.count() == 0


def test_an_empty_view_starts_nothing(as_supervisor: Client) -> None:
    response = as_supervisor.post(ACT, {"act": "block", "whole": "on", "next": "/contacts/?q=nobody"}, follow=True)
    assert "Nobody was chosen" in response.content.decode()
    assert not Job.objects.exists()


def test_a_forged_place_to_go_back_to_is_all_contacts(as_supervisor: Client) -> None:
    people(2)
    address = begin(as_supervisor, "block").replace("%2Fcontacts%2F", "https%3A%2F%2Fevil.example%2F")
    assert 'href="https://evil' not in as_supervisor.get(address).content.decode()


def test_those_ticked_are_asked_about_on_the_old_pages(as_supervisor: Client) -> None:
    made = people(2)
    ids = [str(one.pk) for one in made]
    response = as_supervisor.post(ACT, {"act": "block", "contact": ids, "next": "/contacts/?view=all"})
    there = urlsplit(response["Location"])
    assert (there.path, parse_qs(there.query)) == (
        "/contacts/block/",
        {"contact": ids, "next": ["/contacts/?view=all"]},
    )
    assert as_supervisor.post(ACT, {"act": "nonsense"})["Location"] == "/contacts/"


def test_each_ticked_contact_has_its_answer(as_agent: Client) -> None:
    made = people(3)
    add_tags(made[0], ["vip"], by=BY)
    asked: dict[str, Any] = {"contact": [one.pk for one in made], "next": "/contacts/"}
    assert "Kim 001" in as_agent.get("/contacts/tags/", asked).content.decode()
    content = as_agent.post("/contacts/tags/", {**asked, "how": "add", "tags": "vip"}, follow=True).content.decode()
    assert "2 contacts got vip." in content
    assert f'/contacts/{made[0].pk}/">Kim 000</a>: had these tags already' in content
    content = as_agent.post("/contacts/tags/", {**asked, "how": "remove", "tags": "none"}, follow=True).content.decode()
    assert "0 contacts lost none." in content
    assert content.count("had none of these tags") == 3


def test_the_company_of_those_ticked_is_set_and_recorded_as_an_edit(as_agent: Client) -> None:
    acme = make_company("Acme")
    one, two = make_contact(), make_contact(company=acme)
    asked = {"contact": [one.pk, two.pk], "company": "acme"}
    content = as_agent.post("/contacts/company/", asked, follow=True).content.decode()
    assert "1 contact was changed." in content
    assert "already of this company" in content
    entry = AuditEntry.objects.get(action="contact.edit")
    assert (entry.target_id, entry.changes) == (one.pk, {"company": ["", "Acme"]})
    assert Contact.objects.get(pk=one.pk).version == 2


def test_thirty_one_ticked_are_refused_as_a_whole(as_supervisor: Client) -> None:
    ids = [one.pk for one in people(31)]
    response = as_supervisor.post(ACT, {"act": "tags", "contact": ids}, follow=True)
    assert "At most 30 contacts can be changed at once" in response.content.decode()
    assert not Tag.objects.exists()


def test_an_edit_form_that_was_open_meanwhile_is_told_of_the_company(as_supervisor: Client) -> None:
    make_company("Acme")
    contact = make_contact("Kim")
    as_supervisor.post(begin(as_supervisor, "company"), {"company": "Acme"})
    go(Job.objects.get())
    typed = {"name": "Kim", "external_id": "1", "job_title": "Boss", "version": "1"}
    response = as_supervisor.post(f"/contacts/{contact.pk}/edit/", typed)
    assert response.status_code == 409
    assert "Acme" in response.content.decode()


def test_drafts_that_nobody_confirmed_are_forgotten_after_a_day() -> None:
    people(2)
    by = actors.person(make_supervisor())
    old, new = (starting.freeze(invitations.ACTIVATE, Contact.objects.all(), by=by) for _ in range(2))
    Job.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=25))
    starting.tidy()
    assert list(Job.objects.all()) == [new]
    assert JobTarget.objects.count() == 2


def invited(client: Client, query: str = "") -> Job:
    """A job that sends activation emails to a view, confirmed."""
    address = begin(client, "activate", query)
    job = Job.objects.latest("pk")
    client.post(address, {"typed": str(job.predicted.get("ready", 0))})
    job.refresh_from_db()
    return job


def settle(**fields: object) -> None:
    """What became of the letters."""
    OutgoingEmail.objects.filter(state="queued").update(**fields)


def step(job: Job) -> Job:
    """As after the rest between two batches."""
    Job.objects.filter(pk=job.pk).update(run_at=timezone.now())
    return go(job)


def test_the_page_names_the_skipped_by_reason(as_supervisor: Client) -> None:
    made = people(40)
    make_contact(email=None, external_id="1")
    make_customer()
    make_contact(blocked_at=timezone.now())
    send_activations([one.pk for one in made[:3]], by=BY)
    page = as_supervisor.get(begin(as_supervisor, "activate")).content.decode()
    assert "Send 37 activation emails?" in page
    reasons = "1 blocked, 1 already verified, 1 no email, 3 sent within 24 hours"
    assert f"6 of 43 will be skipped: {reasons}." in page


def test_sends_in_batches_of_thirty_waiting_for_what_became_of_them(as_supervisor: Client) -> None:
    people(70)
    job = go(invited(as_supervisor))
    assert (job.state, job.totals, OutgoingEmail.objects.count()) == ("running", {"done": 30}, 30)
    assert step(job).totals == {"done": 30}
    settle(state="sent")
    assert step(job).totals == {"done": 60}
    settle(state="sent")
    assert (step(job).totals, OutgoingEmail.objects.count()) == ({"done": 70}, 70)
    assert step(job).state == "done"
    page = as_supervisor.get(f"/jobs/{job.pk}/").content.decode()
    assert "70 activation emails were put into the outbox." in page
    assert "In the outbox" in page


def test_cancelled_in_between_sends_no_more_and_accounts_for_all(as_supervisor: Client) -> None:
    people(70)
    job = go(invited(as_supervisor))
    as_supervisor.post(f"/jobs/{job.pk}/cancel/")
    settle(state="sent")
    job = step(job)
    assert (job.state, job.totals, job.total) == ("cancelled", {"done": 30}, 70)
    assert OutgoingEmail.objects.count() == 30


def test_pauses_itself_above_five_percent_failures_and_goes_on_when_told(as_supervisor: Client) -> None:
    people(70)
    job = go(invited(as_supervisor))
    bad = list(OutgoingEmail.objects.values_list("pk", flat=True)[:2])
    OutgoingEmail.objects.filter(pk__in=bad).update(state="failed")
    settle(state="sent")
    job = step(job)
    assert (job.state, job.error) == (
        "paused",
        {"text": invitations.TOO_MANY_FAILED, "params": {"failed": 2, "count": 30}},
    )
    assert "2 of the last 30 letters failed" in as_supervisor.get(f"/jobs/{job.pk}/").content.decode()
    as_supervisor.post(f"/jobs/{job.pk}/go-on/")
    assert step(job).totals == {"done": 60}


def test_one_failure_of_thirty_is_no_reason_to_pause(as_supervisor: Client) -> None:
    people(40)
    job = go(invited(as_supervisor))
    OutgoingEmail.objects.filter(pk=OutgoingEmail.objects.earliest("pk").pk).update(state="failed")
    settle(state="sent")
    assert step(job).totals == {"done": 40}


def test_nobody_gets_a_second_letter_whatever_is_repeated(as_supervisor: Client) -> None:
    people(20)
    jobs = [invited(as_supervisor), invited(as_supervisor)]
    for _round in range(3):
        for job in jobs:
            step(job)
        settle(state="sent")
    assert OutgoingEmail.objects.count() == 20
    assert [go(job).totals for job in jobs] == [{"done": 20}, {"skipped": 20}]
    assert "sent within 24 hours" in as_supervisor.get(f"/jobs/{jobs[1].pk}/").content.decode()


def spelt(contact: Contact, email: str) -> None:
    """An agent corrects the spelling of the contact's only address; an hour has passed since the letter to it."""
    draft = replace(Draft.of(contact), emails=(email,))
    edit_contact(contact, draft, version=Contact.objects.get(pk=contact.pk).version, by=BY)
    OutgoingEmail.objects.update(created_at=timezone.now() - timedelta(hours=1))


@pytest.mark.parametrize("email", ["Kim@acme.example", "kim@ACME.example", "KIM@한국.kr"])
def test_another_spelling_is_the_same_address_and_counted_so(as_supervisor: Client, email: str) -> None:
    kim = make_contact("Kim", email="kim@acme.example" if "acme" in email.lower() else "kim@한국.kr")
    send_activations([kim.pk], by=BY)
    spelt(kim, email)
    begin(as_supervisor, "activate")
    assert Job.objects.get().predicted == {"recent": 1}


@pytest.mark.parametrize(
    ("email", "other"), [("kim@한국.kr", "kim@xn--3e0b707e.kr"), ("kim@xn--3e0b707e.kr", "kim@한국.kr")]
)
def test_no_second_letter_to_a_hangul_domain_in_its_other_spelling(
    as_supervisor: Client, email: str, other: str
) -> None:
    kim = make_contact("Kim", email=email)
    send_activations([kim.pk], by=BY)
    settle(state="sent")
    spelt(kim, other)
    job = go(invited(as_supervisor))
    assert (job.totals, OutgoingEmail.objects.count()) == ({"skipped": 1}, 1)
    assert "sent within 24 hours" in as_supervisor.get(f"/jobs/{job.pk}/").content.decode()


def test_another_address_is_written_to_at_once(as_supervisor: Client) -> None:
    kim = make_contact("Kim", email="kim@acme.example")
    send_activations([kim.pk], by=BY)
    settle(state="sent")
    spelt(kim, "kim@globex.example")
    assert go(invited(as_supervisor)).totals == {"done": 1}


def test_whoever_was_verified_blocked_or_deleted_meanwhile_is_skipped(as_supervisor: Client) -> None:
    made = people(4)
    job = invited(as_supervisor)
    Contact.objects.filter(pk=made[0].pk).update(blocked_at=timezone.now())
    Contact.objects.filter(pk=made[1].pk).update(deleted_at=timezone.now())
    made[2].addresses.all().delete()
    job = go(job)
    assert job.totals == {"skipped": 3, "done": 1}
    reasons = [row.problems[0]["text"] for row in job.rows.filter(outcome="skipped").order_by("number")]  # type: ignore[index]
    assert reasons == ["blocked contact", "deleted in the meantime", "no email"]


def test_without_a_mail_server_nothing_begins_and_what_runs_pauses(
    as_supervisor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(3)
    address = begin(as_supervisor, "activate")
    running = invited(as_supervisor)
    monkeypatch.setattr("helpdesk.outbox.channel.leads_somewhere", lambda: False)
    page = as_supervisor.get(address).content.decode()
    assert "No mail server is set" in page
    assert "Send me one first" not in page
    as_supervisor.post(address)
    assert Job.objects.earliest("pk").state == State.DRAFT
    assert go(running).state == "paused"
    assert not OutgoingEmail.objects.exists()


def test_send_me_one_first_writes_to_oneself_with_a_harmless_link(as_supervisor: Client) -> None:
    people(2)
    address = begin(as_supervisor, "activate")
    there = urlsplit(address).path + "try/"
    form_id = {"form_id": "a" * 20, "next": "/contacts/"}
    as_supervisor.post(there, form_id)
    as_supervisor.post(there, form_id)
    letter = OutgoingEmail.objects.get()
    assert letter.to_email == as_supervisor.user.email  # type: ignore[attr-defined]
    assert "Kim 000" in letter.text
    assert "[link]" in letter.text
    assert letter.link_purpose == ""
    assert Job.objects.get().state == State.DRAFT


def test_from_the_page_with_htmx_the_whole_view_is_asked_about_first(as_supervisor: Client) -> None:
    people(2)
    response = as_supervisor.post(
        "/contacts/activations/", {"whole": "on", "next": "/contacts/"}, headers={"HX-Request": "true"}
    )
    assert response["HX-Redirect"].startswith("/contacts/acts/")
    assert not OutgoingEmail.objects.exists()
