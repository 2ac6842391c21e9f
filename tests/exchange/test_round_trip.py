"""What was exported is imported again: every row is skipped, whatever stands in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from contacts.actions.tags import add_tags
from contacts.models import Contact, Membership, Tag, Tagging
from helpdesk.exchange import actions, mapping, reading
from helpdesk.exchange.reading import sample
from helpdesk.exchange.sheets import SHEETS
from helpdesk.jobs.actions import submit
from helpdesk.jobs.models import Job
from helpdesk.ui.sorting import name_key
from helpdesk.users import actors
from helpdesk.users.models import User
from tests.conftest import SignIn
from tests.exchange.exports import data_of, exported
from tests.exchange.imports import imported
from tests.factories import make_admin, make_company, make_contact, make_customer
from tests.jobs.test_engine import go

pytestmark = pytest.mark.django_db


def import_again(export: Job, folder: Path, by: User) -> Job:
    """The file as the wizard would take it: sniffed, columns recognised, all ticks as they are preset."""
    sheet, actor = SHEETS[export.params["sheet"]], actors.person(by)
    data = data_of(export)
    name = "export.xlsx" if export.params["format"] == "xlsx" else "export.csv"
    path = folder / name
    path.write_bytes(data)
    sniffed = reading.sniff(path, name)
    job = actions.begin(sheet, actions.take_in(name, [data], sniffed), by=actor)
    seen = sample(path, sniffed.dialect)
    values = [[row[number] for row in seen.rows if len(row) > number] for number in range(len(seen.headers))]
    matches = mapping.recognise(seen.headers, values, [field for field in sheet.fields() if field.is_imported])
    columns = [match.field for match in matches]
    choices = {choice.name: choice.default for choice in sheet.choices}
    actions.review(
        sheet, job, dialect=sniffed.dialect, headers=seen.headers, columns=columns, choices=choices, by=actor
    )
    job = go(job)
    submit(job, by=actor)
    return go(job)


@pytest.fixture
def admin(db: None) -> User:
    return make_admin()


def populate() -> int:
    """Contacts that a spreadsheet, a CSV or an importer might spoil."""
    odd, plain = make_company('Smith; =Sons & "Co"'), make_company("㈜한빛전자")
    tens = tuple(f"further{number}@acme.example" for number in range(9))
    people = [
        make_contact("=1+1", email="+plus@acme.example", notes="=cmd|' /C calc'!A0", job_title="@me", department="-"),
        make_contact(
            "'quoted", email="quoted@acme.example", emails=tens, notes="line 1\r\nline 2\n\nline 4", company=plain
        ),
        make_contact("'=already defused", email="ada@acme.example", address="''=twice", external_id="'007"),
        make_contact("김민준 😀", email=None, mobile_phone="01012345678", work_phone="+82 2-1234-5678", company=odd),
        make_contact("Zeros", email=None, external_id="00042", mobile_phone="+44 20 7946 0991", language="ko"),
        make_contact("Long", email=None, external_id="123456789012345678", work_phone="031-123-4567 내선 12"),
        make_contact("Nobody's phone", email=None, work_phone="내선 번호 문의", mobile_phone="0000"),
        make_contact(
            "<script>alert(1)</script>", email="x&y@acme.example", time_zone="Asia/Seoul", notes='_x0041_ "a",b;=1;\'=2'
        ),
        make_customer("Vera Verified"),
        make_contact("Blocked", blocked_at="2026-01-01T00:00:00Z"),
    ]
    Membership.objects.create(contact=people[1], company=odd)
    Membership.objects.create(contact=people[3], company=plain)
    for name in ("a;b", '"vip"', "=tag", "c;-d", "2026"):
        tag = Tag.objects.create(name=name, key=name_key(name))
        Tagging.objects.bulk_create(Tagging(contact=one, tag=tag) for one in people[:3])
    return len(people)


def facts() -> list[tuple[object, ...]]:
    return list(
        Contact.objects.order_by("pk").values_list("pk", "version", "updated_at", "name", "work_phone", "mobile_phone")
    )


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_contacts(admin: User, tmp_path: Path, kind: str, language: str) -> None:
    count = populate()
    before = facts()
    fields = [field.name for field in SHEETS["contacts"].fields()]
    job = import_again(exported(admin, format=kind, fields=fields, language=language), tmp_path, admin)
    told = [(row.number, row.outcome, row.before, row.problems) for row in job.rows.exclude(outcome="skipped")]
    assert (job.state, job.totals, told) == ("done", {"skipped": count}, [])
    assert facts() == before


def skips_all(admin: User, folder: Path, count: int) -> None:
    """An export of all contacts, imported again, touches none of them."""
    fields = [field.name for field in SHEETS["contacts"].fields()]
    job = import_again(exported(admin, fields=fields), folder, admin)
    told = [(row.number, row.outcome, row.before, row.problems) for row in job.rows.exclude(outcome="skipped")]
    assert (job.state, job.totals, told) == ("done", {"skipped": count}, [])


def test_a_name_that_its_owner_typed(admin: User, tmp_path: Path, sign_in: SignIn) -> None:
    contact = make_customer("Vera")
    assert contact.user
    typed = {"name": "ＡＢＣ 👨\u200d👩", "language": "en", "version": contact.version}
    assert sign_in(contact.user).post("/portal/profile/", typed).status_code == 302
    skips_all(admin, tmp_path, 1)


def test_lines_that_were_pasted_with_tabs_and_line_breaks(admin: User, tmp_path: Path, as_admin: Client) -> None:
    pasted = dict.fromkeys(("name", "job_title", "department", "work_phone", "external_id", "address"), "a\tb\r\nc")
    assert as_admin.post("/contacts/new/", pasted).status_code == 302
    contact = Contact.objects.get()
    assert {getattr(contact, name) for name in pasted} == {"a b c"}
    make_contact("As before", job_title="Head\tof\nSales", work_phone="ask\tus")
    skips_all(admin, tmp_path, 2)


def test_an_external_id_that_was_pasted_with_what_nobody_sees(admin: User, tmp_path: Path, as_admin: Client) -> None:
    as_admin.post("/contacts/new/", {"name": "Kim", "external_id": "\ufeffＣ-１０１９８\u200b"})
    assert Contact.objects.get().external_id == "C-10198"
    skips_all(admin, tmp_path, 1)


def test_contacts_whose_only_phone_has_no_digits(admin: User, tmp_path: Path, as_agent: Client) -> None:
    for name in ("Kim", "Lee", "Lee", "대표번호로 문의"):
        as_agent.post("/contacts/new/", {"name": name, "mobile_phone": "대표번호로 문의"})
    assert Contact.objects.count() == 4
    skips_all(admin, tmp_path, 4)


def test_a_contact_with_more_tags_and_companies_than_a_form_gives(admin: User, tmp_path: Path) -> None:
    contact = make_contact()
    Membership.objects.bulk_create(Membership(contact=contact, company=make_company()) for _number in range(25))
    for part in range(2):
        add_tags(contact, [f"tag {part}-{number}" for number in range(30)], by=actors.person(admin))
    skips_all(admin, tmp_path, 1)


def test_a_contact_named_by_the_phone_it_has(admin: User, tmp_path: Path) -> None:
    assert imported([("", "", "０１０－１２３４－５６７８", "")], by=admin).totals == {"created": 1}
    assert Contact.objects.get().name == "010-1234-5678"
    skips_all(admin, tmp_path, 1)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_companies(admin: User, tmp_path: Path, kind: str, as_admin: Client) -> None:
    as_admin.post("/companies/new/", {"name": "A\tB", "phone": "02-123-4567\n내선 1", "address": "a\tb"})
    make_company("As before", phone="02-123-4567\t내선 1")
    make_company("㈜한빛전자", domains=("hanbit.example", "한빛.example"), phone="0212345678", notes="=1+1")
    make_company('\'=Odd; "Ltd"', address="+1")
    job = import_again(exported(admin, sheet="companies", format=kind), tmp_path, admin)
    told = [(row.number, row.outcome, row.before, row.problems) for row in job.rows.exclude(outcome="skipped")]
    assert (job.state, job.totals, told) == ("done", {"skipped": 4}, [])
