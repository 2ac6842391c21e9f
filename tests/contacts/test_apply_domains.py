"""A company's email domains applied to those who were there before: who is found, what is shown, done and taken back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from companies.models import Company
from contacts.actions import standing
from contacts.actions.drafts import Draft
from contacts.actions.placing import set_company
from contacts.actions.records import edit_contact
from contacts.acts.domains import apply_domains
from contacts.models import Contact, Membership
from contacts.queries.at_domains import at_domains, preview_of
from helpdesk.audit.models import AuditEntry
from helpdesk.jobs import actions
from helpdesk.jobs.actions import NothingChosenError
from helpdesk.jobs.models import Job, JobRow
from helpdesk.jobs.tasks import run
from helpdesk.ui.conflicts import EditConflict
from helpdesk.users.actors import system
from tests.contacts.test_bulk import go
from tests.factories import make_agent, make_company, make_contact

pytestmark = pytest.mark.django_db
SYSTEM = system("command")


@pytest.fixture(autouse=True)
def no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "apply_async", lambda args, **_options: None)


@pytest.fixture
def acme(db: None) -> Company:
    return make_company("Acme", domains=("acme.com", "한국.kr"))


def applied(company: Company, *, others: bool = False) -> Job:
    return go(apply_domains(company, Contact.objects.all(), others=others, by=SYSTEM))


def undone(job: Job) -> Job:
    actions.undo(job, by=SYSTEM)
    return go(job)


def companies_of(contact: Contact) -> tuple[str, list[str]]:
    fresh = Contact.objects.select_related("company").get(pk=contact.pk)
    further = Membership.objects.filter(contact=contact).order_by("pk").values_list("company__name", flat=True)
    return (fresh.company.name if fresh.company else "", list(further))


# --- Who is found ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "is_found"),
    [
        ("kim@acme.com", True),
        ("KIM@ACME.COM", True),
        ("kim@한국.kr", True),
        ("kim@notacme.com", False),
        ("kim@acme.com.evil.kr", False),
        ("kim@sub.acme.com", False),
        ("acme.com@evil.kr", False),
    ],
)
def test_finds_exactly_the_domain(acme: Company, email: str, is_found: bool) -> None:
    make_contact(email=email)
    domains = ["acme.com", "xn--3e0b707e.kr"]
    assert at_domains(Contact.objects.all(), domains).exists() is is_found
    assert preview_of(acme, Contact.objects.all()).without == is_found


def test_a_secondary_address_counts_and_nobody_counts_twice(acme: Company) -> None:
    make_contact(email="kim@gmail.com", emails=("kim@acme.com", "kim@한국.kr"))
    found = preview_of(acme, Contact.objects.all())
    assert (found.without, [person.email for person in found.first_without]) == (1, ["kim@acme.com"])


def test_counts_who_is_free_elsewhere_and_there_already(acme: Company) -> None:
    globex = make_company("Globex")
    make_contact(email="free@acme.com")
    make_contact(email="else@acme.com", company=globex)
    make_contact(email="here@acme.com", company=acme)
    Membership.objects.create(contact=make_contact(email="too@acme.com", company=globex), company=acme)
    standing.delete(make_contact(email="gone@acme.com"), by=SYSTEM)
    make_agent(email="ada@acme.com")
    found = preview_of(acme, Contact.objects.all())
    assert (found.without, found.elsewhere, found.already) == (1, 1, 2)


def test_no_domain_finds_nobody() -> None:
    make_contact()
    assert preview_of(make_company(), Contact.objects.all()).without == 0


# --- What is done ---------------------------------------------------------------------------------------------------


def test_who_has_no_company_gets_it_and_who_has_another_is_left_alone(acme: Company) -> None:
    free, other = make_contact(email="a@acme.com"), make_contact(email="b@acme.com", company=make_company("Globex"))
    job = applied(acme)
    assert (companies_of(free), companies_of(other)) == (("Acme", []), ("Globex", []))
    assert (job.state, job.totals) == ("done", {"done": 1})


def test_others_get_it_as_a_further_one_and_keep_theirs(acme: Company) -> None:
    free, other = make_contact(email="a@acme.com"), make_contact(email="b@acme.com", company=make_company("Globex"))
    assert applied(acme, others=True).totals == {"done": 2}
    assert (companies_of(free), companies_of(other)) == (("Acme", []), ("Globex", ["Acme"]))


def test_a_further_company_becomes_the_default_one_where_there_is_none(acme: Company) -> None:
    kim = make_contact(email="a@acme.com")
    Membership.objects.create(contact=kim, company=acme)
    job = applied(acme)
    assert companies_of(kim) == ("Acme", [])
    undone(job)
    assert companies_of(kim) == ("", ["Acme"])


def test_who_was_changed_in_the_meantime_is_skipped_with_the_reason(acme: Company) -> None:
    kim, lee = make_contact(email="a@acme.com"), make_contact(email="b@acme.com")
    job = apply_domains(acme, Contact.objects.all(), others=False, by=SYSTEM)
    set_company([kim], make_company("Globex"), by=SYSTEM)
    standing.delete(lee, by=SYSTEM)
    assert go(job).totals == {"skipped": 2}
    assert (companies_of(kim)[0], companies_of(lee)[0]) == ("Globex", "")
    reasons = [row.problems[0]["text"] for row in JobRow.objects.filter(job=job).order_by("number") if row.problems]
    assert reasons == ["has another company by now", "deleted in the meantime"]


def test_a_company_deleted_in_the_meantime_gets_nobody(acme: Company) -> None:
    kim = make_contact(email="a@acme.com")
    job = apply_domains(acme, Contact.objects.all(), others=False, by=SYSTEM)
    Company.objects.filter(pk=acme.pk).update(deleted_at=acme.created_at)
    assert (go(job).state, companies_of(kim)) == ("failed", ("", []))


def test_it_counts_as_an_edit(acme: Company) -> None:
    kim = make_contact(email="a@acme.com")
    applied(acme)
    with pytest.raises(EditConflict):
        edit_contact(kim, Draft.of(kim), version=kim.version, by=SYSTEM)


def test_the_log_says_so_once_for_the_job_and_once_for_the_company(acme: Company) -> None:
    make_contact(email="a@acme.com")
    job = applied(acme)
    told = AuditEntry.objects.filter(action__startswith="contact.").values_list("action", "target_kind", "target_id")
    assert sorted(told) == [
        ("contact.apply_domains", "companies.company", acme.pk),
        ("contact.apply_domains_many", "jobs.job", job.pk),
    ]


def test_nobody_to_link_starts_nothing(acme: Company) -> None:
    make_contact(email="b@acme.com", company=make_company("Globex"))
    with pytest.raises(NothingChosenError):
        applied(acme)
    assert not Job.objects.exists()


def test_many_are_linked_in_one_chunk_by_a_handful_of_statements(
    acme: Company, django_assert_max_num_queries: Any
) -> None:
    for number in range(300):
        make_contact(email=f"kim{number}@acme.com")
    job = apply_domains(acme, Contact.objects.all(), others=False, by=SYSTEM)
    with django_assert_max_num_queries(40):
        assert go(job).totals == {"done": 300}


# --- What is taken back ---------------------------------------------------------------------------------------------


def test_undo_leaves_everybody_as_before(acme: Company) -> None:
    free, other = make_contact(email="a@acme.com"), make_contact(email="b@acme.com", company=make_company("Globex"))
    job = undone(applied(acme, others=True))
    assert (companies_of(free), companies_of(other)) == (("", []), ("Globex", []))
    assert job.undo_totals == {"restored": 2}


def test_undo_leaves_what_people_changed_since(acme: Company) -> None:
    moved, kept = make_contact(email="a@acme.com"), make_contact(email="b@acme.com", company=make_company("Globex"))
    job = applied(acme, others=True)
    set_company([moved], make_company("Initech"), by=SYSTEM)
    set_company([kept], acme, by=SYSTEM)
    assert undone(job).undo_totals == {"left": 2}
    assert (companies_of(moved), companies_of(kept)) == (("Initech", []), ("Acme", []))


# --- The page -------------------------------------------------------------------------------------------------------


def page_of(company: Company) -> str:
    return reverse("contacts:apply_domains", args=[company.pk])


def seen(client: Client, company: Company) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', client.get(page_of(company)).content.decode())
    assert found
    return found[1]


def test_shows_whom_it_would_link_before_anything_is_done(as_supervisor: Client, acme: Company) -> None:
    make_contact("Free Kim", email="a@acme.com")
    make_contact("Other Lee", email="b@acme.com", company=make_company("Globex"))
    text = as_supervisor.get(page_of(acme)).content.decode()
    for words in ("1 contact has no company", "1 contact has another company", "Free Kim", "Other Lee", "Globex"):
        assert words in text
    assert not Job.objects.exists()


def test_shows_the_first_ten_of_many(as_supervisor: Client, acme: Company, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        make_contact(f"Kim {number:02}", email=f"kim{number}@acme.com")
    with django_assert_max_num_queries(20):
        text = as_supervisor.get(page_of(acme)).content.decode()
    assert ("Kim 09" in text, "Kim 10" in text, "… and more." in text) == (True, False, True)


@pytest.mark.parametrize(("ticked", "linked"), [({}, 1), ({"others": "on"}, 2)])
def test_starts_a_job(as_supervisor: Client, acme: Company, ticked: dict[str, str], linked: int) -> None:
    make_contact(email="a@acme.com")
    make_contact(email="b@acme.com", company=make_company("Globex"))
    answer = as_supervisor.post(page_of(acme), {"seen": seen(as_supervisor, acme), **ticked})
    job = Job.objects.get()
    assert (answer["Location"], go(job).totals) == (job.get_absolute_url(), {"done": linked})


def test_a_double_click_starts_one_job(as_supervisor: Client, acme: Company) -> None:
    make_contact(email="a@acme.com")
    typed = {"seen": seen(as_supervisor, acme), "form_id": "a" * 22}
    first, second = (as_supervisor.post(page_of(acme), typed)["Location"] for _click in range(2))
    assert (first, Job.objects.count()) == (second, 1)


def test_asks_again_where_the_numbers_have_changed(as_supervisor: Client, acme: Company) -> None:
    make_contact(email="a@acme.com")
    was = seen(as_supervisor, acme)
    make_contact(email="late@acme.com")
    answer = as_supervisor.post(page_of(acme), {"seen": was, "others": "on"})
    assert (answer.status_code, Job.objects.exists()) == (409, False)
    assert "2 contacts have no company" in answer.content.decode()


def test_nobody_chosen_is_said(as_supervisor: Client, acme: Company) -> None:
    make_contact(email="b@acme.com", company=make_company("Globex"))
    answer = as_supervisor.post(page_of(acme), {"seen": seen(as_supervisor, acme)})
    assert (answer.status_code, Job.objects.exists()) == (422, False)


def test_is_offered_on_the_companys_page_to_those_who_may(
    as_supervisor: Client, as_agent: Client, acme: Company
) -> None:
    offered = [page_of(acme) in one.get(acme.get_absolute_url()).content.decode() for one in (as_supervisor, as_agent)]
    bare = make_company()
    assert offered == [True, False]
    assert page_of(bare) not in as_supervisor.get(bare.get_absolute_url()).content.decode()


@pytest.mark.parametrize("state", ["deleted", "without domains"])
def test_leads_back_where_there_is_nothing_to_apply(as_supervisor: Client, acme: Company, state: str) -> None:
    if state == "deleted":
        Company.objects.filter(pk=acme.pk).update(deleted_at=acme.created_at)
    else:
        acme.domains.all().delete()
    assert as_supervisor.get(page_of(acme))["Location"] == acme.get_absolute_url()
