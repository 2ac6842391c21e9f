"""Activation emails to a whole view: by one job, in batches that wait for what became of the one before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from contacts.actions.activation import send_activations
from contacts.actions.drafts import Draft
from contacts.actions.records import edit_contact
from contacts.acts import invitations
from contacts.models import Contact
from helpdesk.jobs.models import Job
from helpdesk.jobs.states import State
from helpdesk.jobs.tasks import run
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.users import actors
from tests.contacts.bar import begin, people
from tests.contacts.test_bulk import go
from tests.factories import make_contact, make_customer

pytestmark = pytest.mark.django_db
BY = actors.system("command")


@pytest.fixture(autouse=True)
def no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "apply_async", lambda args, **_options: None)


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
