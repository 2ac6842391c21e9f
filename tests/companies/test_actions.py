"""What the verbs on companies promise."""

from __future__ import annotations

import pytest

from companies import actions
from companies.actions import DomainTakenError, Draft
from companies.models import Company
from helpdesk.audit.models import AuditEntry
from helpdesk.ui.conflicts import EditConflict
from helpdesk.users import actors
from tests.factories import make_agent, make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> actors.Actor:
    return actors.person(make_agent(name="Ada Agent"))


def draft_of(company: Company, **changes: object) -> Draft:
    domains = tuple(domain.domain for domain in company.domains.all())
    return Draft(**{**actions.facts(company), "domains": domains, **changes})


def test_creates_a_company_that_sorts_and_is_recognised_by_its_name(by: actors.Actor) -> None:
    company = actions.create_company(Draft(name="㈜한빛 전자", phone="02-123-4567", domains=("hanbit.example",)), by=by)

    assert (company.name_key, company.match_key) == ("(주)한빛 전자", "한빛전자")
    assert list(Company.objects.called("한빛전자 주식회사")) == [company]
    assert Company.objects.all().with_domain("hanbit.example").get() == company


def test_records_what_was_given_at_creation(by: actors.Actor) -> None:
    company = actions.create_company(Draft(name="Acme", domains=("acme.example",)), by=by)

    entry = AuditEntry.objects.get(target_kind="companies.company", target_id=company.pk)
    assert (entry.action, entry.actor_name) == ("company.create", "Ada Agent")
    assert entry.changes == {"name": [None, "Acme"], "domains": [None, ["acme.example"]]}


def test_an_edit_records_before_and_after_of_what_changed_only(by: actors.Actor) -> None:
    company = make_company("Acme", domains=("acme.example", "old.example"), phone="1")

    draft = draft_of(company, name="Acme Korea", domains=("acme.example", "new.example"))
    actions.edit_company(company, draft, version=1, by=by)

    entry = AuditEntry.objects.get(action="company.edit")
    assert entry.changes == {
        "name": ["Acme", "Acme Korea"],
        "domains": [["acme.example", "old.example"], ["acme.example", "new.example"]],
    }
    company.refresh_from_db()
    assert (company.name_key, company.version) == ("acme korea", 2)


def test_an_edit_that_changes_nothing_leaves_no_trace(by: actors.Actor) -> None:
    company = make_company("Acme")
    before = company.updated_at

    actions.edit_company(company, draft_of(company), version=1, by=by)

    company.refresh_from_db()
    assert company.updated_at == before
    assert not AuditEntry.objects.exists()


def test_an_edit_of_an_older_version_changes_nothing(by: actors.Actor) -> None:
    company = make_company("Acme", version=3)

    with pytest.raises(EditConflict):
        actions.edit_company(company, draft_of(company, name="Mine"), version=2, by=by)

    assert Company.objects.get().name == "Acme"


def test_a_domain_taken_meanwhile_names_its_owner_and_saves_nothing(by: actors.Actor) -> None:
    owner = make_company("Owner", domains=("acme.example",))

    with pytest.raises(DomainTakenError) as caught:
        actions.create_company(Draft(name="Late", domains=("free.example", "acme.example")), by=by)

    assert (caught.value.domain, caught.value.owner) == ("acme.example", owner)
    assert list(Company.objects.all()) == [owner]


def test_a_deleted_company_keeps_its_domains_and_finds_no_new_contacts(by: actors.Actor) -> None:
    company = make_company("Acme", domains=("acme.example",))

    actions.delete_company(company, by=by)

    assert not Company.objects.all().with_domain("acme.example").exists()
    assert company.domains.get().domain == "acme.example"
    with pytest.raises(DomainTakenError):
        actions.create_company(Draft(name="Other", domains=("acme.example",)), by=by)


def test_a_restored_company_finds_new_contacts_again(by: actors.Actor) -> None:
    company = make_company("Acme", domains=("acme.example",))
    actions.delete_company(company, by=by)

    actions.restore_company(company, by=by)

    assert Company.objects.all().with_domain("acme.example").get() == company
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["company.delete", "company.restore"]


def test_deleting_twice_is_recorded_once(by: actors.Actor) -> None:
    company = make_company("Acme")

    actions.delete_company(company, by=by)
    first = company.deleted_at
    actions.delete_company(company, by=by)

    company.refresh_from_db()
    assert company.deleted_at == first
    assert AuditEntry.objects.filter(action="company.delete").count() == 1


def test_an_edit_open_while_the_company_was_deleted_does_not_bring_it_back(by: actors.Actor) -> None:
    company = make_company("Acme")
    stale = Company.objects.get(pk=company.pk)
    actions.delete_company(company, by=by)

    with pytest.raises(EditConflict):
        actions.edit_company(stale, draft_of(stale, name="Acme 2"), version=1, by=by)

    assert Company.objects.get().deleted_at is not None


@pytest.mark.parametrize("domain", ["notacme.example", "acme.example.evil.kr", "mail.acme.example", "cme.example"])
def test_look_alike_domains_do_not_match(domain: str) -> None:
    make_company("Acme", domains=("acme.example",))

    assert not Company.objects.all().with_domain(domain).exists()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("한빛", ["㈜한빛전자"]),
        ("한빛 전자", ["㈜한빛전자"]),
        ("ACME", ["Acme Korea"]),
        ("ＡＣＭＥ", ["Acme Korea"]),
        ("acme.ex", ["Acme Korea"]),
        ("@ACME.example", ["Acme Korea"]),
        ("a%e", []),
        ("a_me", []),
        ("zzz", []),
    ],
)
def test_search_finds_by_name_and_by_domain(text: str, names: list[str]) -> None:
    make_company("㈜한빛전자", domains=("hanbit.example",))
    make_company("Acme Korea", domains=("acme.example",))

    assert [company.name for company in Company.objects.all().found_by(text)] == names
