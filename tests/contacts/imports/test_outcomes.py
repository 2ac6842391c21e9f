"""What becomes of a row: created, updated, skipped or failed, and what the contact is then."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies.models import Company
from contacts.actions.tags import add_tags
from contacts.imports import cells
from contacts.models import Address, Contact, Membership, Tag
from helpdesk.audit.models import AuditEntry
from helpdesk.jobs.chunks import Redo
from helpdesk.jobs.tasks import run as bell
from tests.contacts.imports.spreadsheet import BY, import_rows, make_job, outcomes, problems, run
from tests.factories import make_agent, make_company, make_contact

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "apply_async", lambda args, **_options: None)


def test_creates_a_contact_with_all_it_is_given() -> None:
    job = import_rows(
        ["name", "email", "emails", "mobile_phone", "company", "other_companies", "tags", "external_id"],
        [
            "김민준",
            "minjun@example.com",
            "b@example.com;a@example.com",
            "010-1234-5678",
            "한빛",
            "Acme; Globex",
            "vip, 서울",
            "C-1",
        ],
    )
    assert (job.state, job.totals) == ("done", {"created": 1})
    contact = Contact.objects.get()
    assert (contact.name, contact.external_id, contact.mobile_phone_key) == ("김민준", "C-1", "821012345678")
    assert [one.email for one in contact.addresses.all()] == ["minjun@example.com", "b@example.com", "a@example.com"]
    assert contact.company == Company.objects.get(name="한빛")
    assert [one.company.name for one in contact.memberships.order_by("pk")] == ["Acme", "Globex"]
    assert set(Tag.objects.filter(taggings__contact=contact).values_list("name", flat=True)) == {"vip", "서울"}
    assert "ㄱㅁㅈ" in contact.search_text
    row = job.rows.get()
    assert (row.outcome, row.target_kind, row.target_id, row.after_version) == (
        "created",
        "contacts.contact",
        contact.pk,
        1,
    )


def test_the_same_file_again_touches_nobody() -> None:
    columns = ["name", "email", "mobile_phone", "company", "tags"]
    rows = [["김민준", "minjun@example.com", "01012345678", "한빛", "vip"], ["", "", "02-123-4567", "", ""]]
    import_rows(columns, *rows)
    before = list(Contact.objects.order_by("pk").values())
    job = import_rows(columns, *rows)
    assert job.totals == {"skipped": 2}
    assert list(Contact.objects.order_by("pk").values()) == before


def test_who_shares_a_phone_is_met_where_the_row_says_who_and_nothing_new() -> None:
    firm = make_company("한빛")
    first = make_contact("김민준", email=None, mobile_phone="010-1234-5678", company=firm)
    second = make_contact("이서연", email=None, work_phone="010-1234-5678")
    columns = ["name", "mobile_phone", "work_phone", "company", "tags"]
    job = import_rows(
        columns,
        ["김민준", "010-1234-5678", "", "(주)한빛", ""],
        ["이서연", "", "010-1234-5678", "", ""],
        ["이서연", "", "010-1234-5678", "", "vip"],
        ["", "010-1234-5678", "", "", ""],
        ["김민준", "010-1234-5678", "", "새 회사", ""],
    )
    assert outcomes(job) == ["skipped", "skipped", "failed", "failed", "failed"]
    assert list(job.rows.order_by("number").values_list("target_id", flat=True)[:2]) == [first.pk, second.pk]
    assert not Company.objects.filter(name="새 회사").exists()


def test_a_phone_without_digits_is_a_contact_together_with_the_name() -> None:
    make_contact("Han", email="han@example.com", mobile_phone="대표번호로 문의")
    columns = ["name", "mobile_phone", "notes"]
    rows = [["Kim", "대표번호로 문의", ""], ["Lee", "대표번호로 문의", ""], ["", "없음", ""], ["", "없음", ""]]
    assert outcomes(import_rows(columns, *rows)) == ["created", "created", "created", "skipped"]
    assert list(Contact.objects.order_by("pk").values_list("name", flat=True)) == ["Han", "Kim", "Lee", "없음"]
    job = import_rows(
        columns, *rows, ["KIM", "대표번호로 문의", "x"], ["Han", "대표번호로 문의", ""], ["", "대표번호로 문의", ""]
    )
    assert outcomes(job) == ["skipped"] * 4 + ["updated", "skipped", "failed"]
    assert Contact.objects.get(notes="x").name == "KIM"


def test_rows_with_a_phone_without_digits_are_looked_for_together() -> None:
    def asked(count: int) -> int:
        job = make_job(["name", "mobile_phone"], [[f"Kim {number}", "문의"] for number in range(count)])
        with CaptureQueriesContext(connection) as asked:
            assert run(job).totals == {"skipped": count}
        return len(asked)

    import_rows(["name", "mobile_phone"], *([f"Kim {number}", "문의"] for number in range(40)))
    assert asked(2) == asked(40)


def test_updates_what_differs_and_says_what_it_was() -> None:
    contact = make_contact("Old", email="kim@example.com", job_title="Boss")
    job = import_rows(["email", "name", "job_title"], ["KIM@example.com", "New", ""])
    contact.refresh_from_db()
    assert (contact.name, contact.job_title, contact.version) == ("New", "Boss", 2)
    assert job.rows.get().before == {"name": ["Old", "New"]}
    assert contact.search_text.startswith(" new")


def test_an_external_id_means_whoever_has_one_that_looks_like_it() -> None:
    contact = make_contact("Kim", external_id="C-10198")
    columns = ["external_id", "job_title"]
    job = import_rows(columns, ["C-10198\u200b", "Boss"], ["Ｃ-10198", "Boss"], ["\ufeffC-10199", ""], ["c-10198", ""])
    assert outcomes(job) == ["updated", "skipped", "created", "created"]
    assert set(Contact.objects.exclude(pk=contact.pk).values_list("external_id", flat=True)) == {"C-10199", "c-10198"}


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ({"external_id": "K-007", "email": "emma@example.com"}, "EMAIL", "emma@example.com"),
        ({"external_id": "K-007", "email": "new@example.com", "emails": "e2@example.com"}, "EMAILS", "e2@example.com"),
        ({"external_id": "K-001", "email": "emma@example.com"}, "EXTERNAL_ID", "K-001"),
        ({"external_id": "Ｋ-001"}, "EXTERNAL_ID", "Ｋ-001"),
        ({"work_phone": "02-999-9999", "mobile_phone": "1012345678"}, "MOBILE_PHONE", "1012345678"),
        ({"work_phone": "+82 2 123 4567"}, "WORK_PHONE", "+82 2 123 4567"),
    ],
)
def test_who_is_deleted_is_named_with_the_cell_that_means_them(row: dict[str, str], column: str, value: str) -> None:
    make_contact(
        "Emma Singh", email="emma@example.com", emails=("e2@example.com",), external_id="K-001", work_phone="02-123-4567",
        mobile_phone="010-1234-5678", deleted_at="2026-01-01T00:00:00Z",
    )  # fmt: skip
    (one,) = problems(import_rows([*row], [*row.values()]))
    assert (one["params"], one["column"], one["value"]) == ({"name": "Emma Singh"}, column, value)


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ({"emails": "agent@helpdesk.example"}, "EMAILS", "agent@helpdesk.example"),
        ({"email": "ada@example.com"}, "EMAIL", "ada@example.com"),
        ({"work_phone": "010 1234 5678"}, "WORK_PHONE", "010 1234 5678"),
        ({"external_id": "K-1", "emails": "kim@example.com; lee@example.com"}, "EMAILS", "lee@example.com"),
        ({"work_phone": "02-123-4567", "mobile_phone": "02-765-4321"}, "MOBILE_PHONE", "02-765-4321"),
    ],
)
def test_who_may_not_be_changed_is_named_with_the_cell_that_means_them(
    row: dict[str, str], column: str, value: str
) -> None:
    make_agent(email="agent@helpdesk.example", name="Ada")
    agent = make_contact("Ada", email="ada@example.com", mobile_phone="010-1234-5678")
    Contact.objects.filter(pk=agent.pk).update(user=make_agent())
    make_contact("Kim", email="kim@example.com", work_phone="02-123-4567")
    make_contact("Lee", email="lee@example.com", work_phone="02-765-4321")
    (one,) = problems(import_rows([*row], [*row.values()]))
    assert (one["column"], one["value"]) == (column, value)


def test_the_address_that_is_too_many_for_the_contact_is_named() -> None:
    make_contact(email="a@example.com", emails=tuple(f"a{at}@example.com" for at in range(8)))
    job = import_rows(["email", "emails"], ["a@example.com", "a3@example.com; b@example.com; c@example.com"])
    assert [(one["column"], one["value"]) for one in problems(job)] == [("EMAILS", "c@example.com")]


def test_a_failed_row_never_stops_the_others() -> None:
    make_agent(email="agent@helpdesk.example", name="Ada")
    job = import_rows(
        ["email", "name"], ["agent@helpdesk.example", "X"], ["nonsense", "Y"], ["", "Z"], ["ok@example.com", "OK"]
    )
    assert outcomes(job) == ["failed", "failed", "failed", "created"]
    assert [one["column"] for one in problems(job)] == ["EMAIL", "EMAIL", ""]
    assert Contact.objects.get().name == "OK"


def test_later_rows_meet_what_earlier_rows_made() -> None:
    job = import_rows(
        ["external_id", "email", "name"],
        ["A", "", "First"], ["A", "kim@example.com", ""], ["", "kim@example.com", "Second"], ["", "kim@example.com", "Second"],
    )  # fmt: skip
    assert outcomes(job) == ["created", "updated", "updated", "skipped"]
    contact = Contact.objects.get()
    assert (contact.name, contact.version, contact.external_id) == ("Second", 3, "A")
    assert Address.objects.get(contact=contact).is_primary
    assert contact.activation == "never"


def test_companies_made_have_a_line_in_the_log_each() -> None:
    import_rows(
        ["email", "company"], ["a@example.com", "한빛"], ["b@example.com", "한빛"], ["c@example.com", "(주)한빛"]
    )
    company = Company.objects.get()
    assert company.contacts.count() == 3
    assert AuditEntry.objects.get(action="company.create").target_id == company.pk


def test_a_new_contact_finds_the_company_of_its_domain() -> None:
    company = make_company("Acme", domains=("acme.com",))
    import_rows(["email"], ["kim@acme.com"])
    assert Contact.objects.get().company == company


def test_a_later_row_gives_another_company_than_that_of_the_domain_in_the_same_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Redo, "_halves", lambda _redo, _rows: pytest.fail("done once more, by halves"))
    make_company("Acme", domains=("acme.com",))
    globex = make_company("Globex")
    job = import_rows(["email", "company"], ["kim@acme.com", ""], ["kim@acme.com", "Globex"])
    assert outcomes(job) == ["created", "updated"]
    assert [(row.before or {}).get("company") for row in job.rows.order_by("number")] == [None, ["Acme", "Globex"]]
    assert Contact.objects.get().company == globex


def test_a_row_gives_so_many_tags_and_companies_beside_those_there_are() -> None:
    contact = make_contact(email="kim@example.com")
    had, new = [f"had {number}" for number in range(60)], [f"new {number}" for number in range(51)]
    add_tags(contact, had, by=BY)
    Membership.objects.bulk_create(Membership(contact=contact, company=make_company(name)) for name in had)
    job = import_rows(
        ["email", "tags", "other_companies"],
        ["kim@example.com", ";".join(had), ";".join(had)],
        ["kim@example.com", ";".join([*had, *new]), ""],
        ["kim@example.com", ";".join([*had, *new[:50]]), ";".join([*had, *new[:20]])],
        ["lee@example.com", "", ";".join(new[:21])],
        ["lee@example.com", ";".join(new), ""],
    )
    assert outcomes(job) == ["skipped", "failed", "updated", "failed", "failed"]
    assert [(one["text"], one["column"]) for one in problems(job)] == [
        (cells.TOO_MANY_TAGS, "TAGS"),
        (cells.TOO_MANY_COMPANIES, "OTHER_COMPANIES"),
        (cells.TOO_MANY_TAGS, "TAGS"),
    ]
    assert (contact.taggings.count(), contact.memberships.count()) == (110, 80)


def test_new_companies_are_told_apart_wherever_in_a_row_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Redo, "_halves", lambda _redo, _rows: pytest.fail("done once more, by halves"))
    contact, had = make_contact(email="kim@example.com"), [f"had {number}" for number in range(119)]
    Membership.objects.bulk_create(Membership(contact=contact, company=make_company(name)) for name in had)
    import_rows(
        ["email", "other_companies"],
        ["kim@example.com", ";".join([*had, "Acme"])],
        ["lee@example.com", ";".join([*had[:19], "Globex"])],
    )
    further = Membership.objects.exclude(company__name__startswith="had").order_by("contact", "pk")
    assert [one.company.name for one in further] == ["Acme", "Globex"]
