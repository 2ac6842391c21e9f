"""The bar's acts: for those ticked with an answer for each, for the whole view by a frozen, counted, confirmed job."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from contacts.actions.tags import add_tags
from contacts.acts import invitations, starting
from contacts.models import Contact, Tag
from helpdesk.audit.models import AuditEntry
from helpdesk.jobs.models import Job, JobTarget
from helpdesk.jobs.states import State
from helpdesk.jobs.tasks import run
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.users import actors
from tests.contacts.bar import ACT, begin, people
from tests.contacts.test_bulk import go
from tests.factories import make_company, make_contact, make_customer, make_supervisor

pytestmark = pytest.mark.django_db
BY = actors.system("command")


@pytest.fixture(autouse=True)
def no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "apply_async", lambda args, **_options: None)


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


def test_from_the_page_with_htmx_the_whole_view_is_asked_about_first(as_supervisor: Client) -> None:
    people(2)
    response = as_supervisor.post(
        "/contacts/activations/", {"whole": "on", "next": "/contacts/"}, headers={"HX-Request": "true"}
    )
    assert response["HX-Redirect"].startswith("/contacts/acts/")
    assert not OutgoingEmail.objects.exists()
