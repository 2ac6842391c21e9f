"""The doors to companies: who may pass, what they see, what a wrong turn answers."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from companies.actions import delete_company
from companies.models import Company
from helpdesk.audit.models import AuditEntry
from helpdesk.ui.once import new_form_id
from helpdesk.users.actors import system
from tests.factories import make_company, make_contact

pytestmark = pytest.mark.django_db

LOGIN = "/login/?next="


@pytest.fixture
def company() -> Company:
    return make_company("Acme", domains=("acme.example",), phone="02-123-4567", notes="Pays on time")


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response.content[:500]
    return response.content.decode()


def post(client: Client, path: str, **typed: object) -> tuple[int, str]:
    response = client.post(path, typed)
    return response.status_code, response.headers.get("Location") or response.content.decode()


# --- Who may pass ---------------------------------------------------------------------------------------------------

VIEWING = ["/companies/", "/companies/{pk}/"]
EDITING = ["/companies/new/", "/companies/{pk}/edit/"]
DELETING = ["/companies/{pk}/delete/"]


@pytest.mark.parametrize("path", VIEWING + EDITING + DELETING)
def test_a_visitor_is_sent_to_sign_in_and_would_come_back(client: Client, company: Company, path: str) -> None:
    path = path.format(pk=company.pk)

    assert client.get(path).headers["Location"] == f"{LOGIN}{path}"


@pytest.mark.parametrize("path", VIEWING + EDITING + DELETING)
def test_a_customer_sees_no_companies(as_customer: Client, company: Company, path: str) -> None:
    assert "Acme" not in page(as_customer, path.format(pk=company.pk), 403)


@pytest.mark.parametrize("path", VIEWING + EDITING)
@pytest.mark.parametrize("role", ["as_agent", "as_supervisor", "as_admin"])
def test_everyone_at_the_desk_sees_and_edits(
    request: pytest.FixtureRequest, company: Company, role: str, path: str
) -> None:
    page(request.getfixturevalue(role), path.format(pk=company.pk))


@pytest.mark.parametrize(("role", "status"), [("as_agent", 403), ("as_supervisor", 200), ("as_admin", 200)])
def test_supervisors_and_admins_delete(
    request: pytest.FixtureRequest, company: Company, role: str, status: int
) -> None:
    page(request.getfixturevalue(role), f"/companies/{company.pk}/delete/", status)


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/companies/new/", "as_customer"),
        ("/companies/{pk}/edit/", "as_customer"),
        ("/companies/{pk}/delete/", "as_customer"),
        ("/companies/{pk}/restore/", "as_customer"),
        ("/companies/{pk}/delete/", "as_agent"),
        ("/companies/{pk}/restore/", "as_agent"),
    ],
)
def test_a_forged_post_changes_nothing(request: pytest.FixtureRequest, company: Company, path: str, role: str) -> None:
    status, _ = post(request.getfixturevalue(role), path.format(pk=company.pk), name="Forged", version=1)

    assert status == 403
    assert [(c.name, c.deleted_at) for c in Company.objects.all()] == [("Acme", None)]


def test_what_a_role_may_not_do_is_absent(as_agent: Client, as_supervisor: Client, company: Company) -> None:
    path = f"/companies/{company.pk}/"

    assert f"{path}delete/" not in page(as_agent, path)
    assert f"{path}delete/" in page(as_supervisor, path)


@pytest.mark.parametrize(
    "path", ["/companies/999999/", "/companies/999999/edit/", "/companies/99999999999999999999999/"]
)
def test_no_such_company(as_agent: Client, path: str) -> None:
    page(as_agent, path, 404)


def test_restoring_wants_a_post(as_admin: Client, company: Company) -> None:
    page(as_admin, f"/companies/{company.pk}/restore/", 405)


# --- The list -------------------------------------------------------------------------------------------------------


def names(client: Client, query: str = "") -> list[str]:
    return [company.name for company in client.get(f"/companies/{query}").context["page"].rows]


def test_lists_companies_in_use_by_name_whatever_their_legal_form(as_agent: Client) -> None:
    make_company("beta")
    make_company("Alpha")
    make_company("한빛")
    make_company("㈜가람")
    make_company("Gone", deleted_at=timezone.now())

    assert names(as_agent) == ["Alpha", "beta", "㈜가람", "한빛"]
    assert names(as_agent, "?view=deleted") == ["Gone"]


def test_sorts_by_newest_and_by_update(as_agent: Client) -> None:
    old = make_company("A")
    make_company("B")
    Company.objects.filter(pk=old.pk).update(updated_at=timezone.now())

    assert names(as_agent, "?sort=newest") == ["B", "A"]
    assert names(as_agent, "?sort=updated") == ["A", "B"]


@pytest.mark.parametrize("sort", ["name", "newest", "updated"])
def test_thirty_a_page_each_company_once_in_both_directions(as_agent: Client, sort: str) -> None:
    for number in range(65):
        make_company(f"Company {number:02}")

    forward, cursor, sizes = [], "", []
    for _ in range(3):
        shown = as_agent.get("/companies/", {"sort": sort, "cursor": cursor}).context["page"]
        forward += [company.pk for company in shown.rows]
        sizes.append(len(shown.rows))
        cursor, back = shown.next, shown.previous
    second = as_agent.get("/companies/", {"sort": sort, "cursor": back}).context["page"]

    assert sizes == [30, 30, 5]
    assert len(set(forward)) == 65
    assert [company.pk for company in second.rows] == forward[30:60]


@pytest.mark.parametrize(
    "query", ["?view=nonsense", "?sort=;drop", "?cursor=%F0%9F", "?cursor=WzEsMl0", "?q=%20", "?q=" + "a" * 5000]
)
def test_an_address_that_makes_no_sense_still_answers(as_agent: Client, company: Company, query: str) -> None:
    page(as_agent, f"/companies/{query}")


@pytest.mark.parametrize("query", ["?q=%00", "?q=a%00b"])
def test_nul_is_refused_at_the_door(as_agent: Client, query: str) -> None:
    page(as_agent, f"/companies/{query}", 400)


def test_an_empty_list_shows_the_way_on(as_agent: Client) -> None:
    assert "No companies yet" in page(as_agent, "/companies/")
    assert "No company found" in page(as_agent, "/companies/?q=zzz")
    assert "No deleted companies" in page(as_agent, "/companies/?view=deleted")


def test_the_list_asks_as_much_for_thirty_companies_as_for_one(
    as_agent: Client, company: Company, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        make_company(domains=(f"a{number}.example", f"b{number}.example"))

    with django_assert_num_queries(5):  # session, person, companies, domains; the search is noted
        as_agent.get("/companies/?q=a")


def test_what_was_typed_is_text_not_markup(as_agent: Client) -> None:
    pk = make_company("<script>alert(1)</script>", notes="<img src=x>").pk

    for path in ("/companies/", f"/companies/{pk}/", f"/companies/{pk}/edit/", "/companies/?q=<script>"):
        assert "<script>alert" not in page(as_agent, path)
        assert "<img src=x>" not in page(as_agent, path)


# --- New ------------------------------------------------------------------------------------------------------------


def test_creates_a_company_and_shows_it(as_agent: Client) -> None:
    status, location = post(as_agent, "/companies/new/", name=" Acme ", domains="@acme.example\nacme.co.kr")

    company = Company.objects.get()
    assert (status, location) == (302, f"/companies/{company.pk}/")
    assert [str(domain) for domain in company.domains.all()] == ["acme.example", "acme.co.kr"]
    assert "The company “Acme” was created." in page(as_agent, location)


def test_a_refused_company_keeps_what_was_typed(as_agent: Client) -> None:
    status, body = post(as_agent, "/companies/new/", name="Acme", domains="gmail.com", notes="Long story")

    assert status == 422
    assert "Everybody can have an address at this domain" in body
    assert "Long story" in body
    assert not Company.objects.exists()


def test_a_name_in_another_legal_form_is_made_only_when_ticked(as_agent: Client) -> None:
    known = make_company("㈜한빛전자")

    status, body = post(as_agent, "/companies/new/", name="한빛전자")
    assert status == 422
    assert f'<a href="/companies/{known.pk}/">㈜한빛전자</a>' in body
    assert "Create it anyway" in body

    assert post(as_agent, "/companies/new/", name="한빛전자", anyway="on")[0] == 302
    assert Company.objects.count() == 2


def test_the_tick_is_not_there_before_it_is_needed(as_agent: Client) -> None:
    assert "Create it anyway" not in page(as_agent, "/companies/new/")


def test_a_double_click_creates_one_company(as_agent: Client) -> None:
    form_id = new_form_id()

    first = post(as_agent, "/companies/new/", name="Acme", form_id=form_id)
    second = post(as_agent, "/companies/new/", name="Acme", form_id=form_id)

    assert first == second
    assert Company.objects.count() == 1


# --- One company ----------------------------------------------------------------------------------------------------


def test_shows_details_history_and_the_way_to_its_people(as_agent: Client, company: Company) -> None:
    post(as_agent, f"/companies/{company.pk}/edit/", name="Acme Korea", version=1)
    body = page(as_agent, f"/companies/{company.pk}/")

    assert "<del>Acme</del>" in body
    assert f'hx-get="{reverse("contacts:of_company", args=[company.pk])}"' in body
    assert f'href="/contacts/?company={company.pk}"' in body
    assert f'href="/contacts/new/?company={company.pk}"' in body


def test_its_people_arrive_by_their_own_address(as_agent: Client, company: Company) -> None:
    make_contact("Minjun Kim", company=company)
    make_contact("Someone Else")

    people = page(as_agent, reverse("contacts:of_company", args=[company.pk]))

    assert "Minjun Kim" in people
    assert "Someone Else" not in people


def test_the_profile_asks_a_fixed_number_of_questions(
    as_agent: Client, company: Company, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        make_contact(f"Person {number}", company=company)

    with django_assert_num_queries(8):  # session, person, company, domains; notes, record, jobs; the view is noted
        as_agent.get(f"/companies/{company.pk}/")


def test_edits_with_the_version_it_was_opened_at(as_agent: Client, company: Company) -> None:
    path = f"/companies/{company.pk}/edit/"
    assert 'name="version" value="1"' in page(as_agent, path)

    assert post(as_agent, path, name="Acme 2", domains="acme.example", version=1) == (302, f"/companies/{company.pk}/")

    company.refresh_from_db()
    assert (company.name, company.version) == ("Acme 2", 2)
    assert AuditEntry.objects.get().actor_name == "Ada Agent"


def test_the_second_editor_sees_both_values_and_loses_nothing(
    as_agent: Client, as_supervisor: Client, company: Company
) -> None:
    path = f"/companies/{company.pk}/edit/"
    post(as_agent, path, name="Acme", notes="First here", domains="acme.example\nfirst.example", version=1)

    status, body = post(
        as_supervisor, path, name="Acme", notes="My long note", domains="acme.example", phone="1588-1234", version=1
    )

    assert status == 409
    assert "First here" in body
    assert body.count("My long note") == 2  # compared, and still in the form
    assert "first.example" in body
    assert 'name="version" value="2"' in body
    company.refresh_from_db()
    assert company.notes == "First here"


def test_saving_again_after_the_comparison_is_a_decision(
    as_agent: Client, as_supervisor: Client, company: Company
) -> None:
    path = f"/companies/{company.pk}/edit/"
    post(as_agent, path, name="Acme", notes="First", version=1)
    post(as_supervisor, path, name="Acme", notes="Second", version=1)

    assert post(as_supervisor, path, name="Acme", notes="Second", version=2)[0] == 302
    company.refresh_from_db()
    assert company.notes == "Second"


def test_a_double_click_on_save_is_no_conflict(as_agent: Client, company: Company) -> None:
    path = f"/companies/{company.pk}/edit/"
    typed = {"name": "Acme", "notes": "Once", "domains": "acme.example", "phone": "", "version": 1}

    assert post(as_agent, path, **typed) == post(as_agent, path, **typed) == (302, f"/companies/{company.pk}/")


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "１", "0"])
def test_a_forged_version_saves_nothing(as_agent: Client, company: Company, version: str) -> None:
    status, _ = post(as_agent, f"/companies/{company.pk}/edit/", name="Forged", version=version)

    assert status == 409
    company.refresh_from_db()
    assert company.name == "Acme"


def test_deletes_after_asking_and_restores(as_supervisor: Client, company: Company) -> None:
    assert "Delete the company “Acme”?" in page(as_supervisor, f"/companies/{company.pk}/delete/")

    assert post(as_supervisor, f"/companies/{company.pk}/delete/") == (302, "/companies/")
    assert "This company was deleted" in page(as_supervisor, f"/companies/{company.pk}/")

    assert post(as_supervisor, f"/companies/{company.pk}/restore/") == (302, f"/companies/{company.pk}/")
    assert "This company was deleted" not in page(as_supervisor, f"/companies/{company.pk}/")


def test_a_deleted_company_keeps_its_people_and_is_not_edited(as_agent: Client, company: Company) -> None:
    contact = make_contact("Minjun Kim", company=company)
    Company.objects.filter(pk=company.pk).update(deleted_at=timezone.now())

    address = f"/companies/{company.pk}/edit/"
    assert as_agent.get(address)["Location"] == f"/companies/{company.pk}/"
    response = as_agent.post(address, {"name": "New", "version": 1, "notes": "typed at length", "restore": "1"})

    assert response.status_code == 409
    for text in ("This company was deleted while you were editing.", "typed at length", "Ask somebody who may"):
        assert text in response.content.decode()
    contact.refresh_from_db()
    company.refresh_from_db()
    assert (contact.company, company.name) == (company, "Acme")


@pytest.mark.parametrize("version", [1, 2])
def test_whoever_may_restore_saves_an_edit_of_a_company_deleted_meanwhile(
    as_supervisor: Client, company: Company, version: int
) -> None:
    delete_company(company, by=system("command"))
    address, fields = f"/companies/{company.pk}/edit/", {"name": "New", "version": version}
    assert 'name="restore"' in as_supervisor.post(address, fields).content.decode()
    assert post(as_supervisor, address, **fields, restore="1") == (302, f"/companies/{company.pk}/")
    company.refresh_from_db()
    assert (company.name, company.deleted_at) == ("New", None)


def test_an_edit_before_the_deletion_is_not_saved_over(as_supervisor: Client, company: Company) -> None:
    Company.objects.filter(pk=company.pk).update(name="Theirs", version=2)
    delete_company(company, by=system("command"))
    response = as_supervisor.post(f"/companies/{company.pk}/edit/", {"name": "Mine", "version": 1, "restore": "1"})
    assert response.status_code == 409
    assert all(text in response.content.decode() for text in ("Theirs", "Mine", "Restore and save"))
    company.refresh_from_db()
    assert (company.name, company.deleted_at is None) == ("Theirs", False)


def test_a_refused_edit_keeps_the_version_it_was_opened_with(as_agent: Client, company: Company) -> None:
    Company.objects.filter(pk=company.pk).update(version=2)
    response = as_agent.post(f"/companies/{company.pk}/edit/", {"name": "", "version": 1})
    assert 'name="version" value="1"' in response.content.decode()


def test_speaks_korean(as_agent: Client, company: Company) -> None:
    as_agent.user.language = "ko"  # type: ignore[attr-defined]
    as_agent.user.save()  # type: ignore[attr-defined]

    assert "이메일 도메인" in page(as_agent, "/companies/")
