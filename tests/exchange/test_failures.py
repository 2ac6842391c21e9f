"""Rows that failed go out as a workbook, are repaired, and come back into the same history."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl.worksheet.worksheet import Worksheet

from contacts.models import Contact
from helpdesk.audit.models import AuditEntry
from helpdesk.exchange import failures
from helpdesk.exchange.failures.workbook import LONGEST, Line, write
from helpdesk.jobs import actions
from helpdesk.jobs.models import Job
from helpdesk.users.actors import person
from helpdesk.users.models import User
from tests.conftest import SignIn
from tests.exchange.imports import BAD, GOOD, HEADERS, imported, queued
from tests.factories import make_admin
from tests.jobs.test_engine import go

pytestmark = pytest.mark.django_db


@pytest.fixture
def alma(db: None) -> User:
    return make_admin()


def sheet_of(content: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def values(sheet: Worksheet) -> list[list[Any]]:
    return [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]


def failed_rows(client: Client, job: Job) -> bytes:
    answer = client.get(reverse("jobs:download", args=[job.pk]), {"rows": "failed"})
    assert answer.status_code == 200
    return answer.getvalue()


def drawn(*lines: Line, head: Sequence[str] = ("a", "b")) -> Worksheet:
    out = io.BytesIO()
    write(out, head, lines, sheet="Failed", author="Acme")
    return sheet_of(out.getvalue())


class TestTheWorkbook:
    def test_has_the_original_columns_behind_the_reasons(self, alma: User, sign_in: SignIn) -> None:
        job = imported([GOOD, BAD], by=alma)
        rows = values(sheet_of(failed_rows(sign_in(alma), job)))
        assert rows[0] == [f"Reason of #{job.pk}", *HEADERS]
        assert rows[1] == ["Email: Enter one email address like name@example.com.", *BAD]
        assert len(rows) == 2

    def test_marks_the_cells_at_fault_and_says_why(self, alma: User, sign_in: SignIn) -> None:
        sheet = sheet_of(failed_rows(sign_in(alma), imported([BAD], by=alma)))
        email, name = sheet["C2"], sheet["B2"]
        assert email.fill.fgColor.rgb == "FFFFD6D6" and name.fill.fill_type is None
        assert email.comment is not None and email.comment.text == "Enter one email address like name@example.com."
        assert name.comment is None

    def test_speaks_the_language_of_its_reader(self, alma: User) -> None:
        job = imported([BAD], by=alma)
        with translation.override("ko"):
            assert failures.repaired_job(failures.header_of(job)) == job.pk
        assert failures.repaired_job(f"Reason of #{job.pk}") == job.pk
        assert failures.repaired_job(f" 실패 사유 #{job.pk} ") == job.pk
        assert failures.repaired_job("Reason") is None

    def test_runs_nothing_and_keeps_every_zero(self) -> None:
        sheet = drawn(Line(['=HYPERLINK("http://x")', "0012"]), Line(["+82", "-1"]))
        assert [cell.data_type for cell in sheet[2]] == ["s", "s"]
        assert [cell.number_format for cell in sheet[2]] == ["@", "@"]
        assert all(cell.quotePrefix for cell in sheet[3])
        assert values(sheet)[1:] == [['=HYPERLINK("http://x")', "0012"], ["+82", "-1"]]

    def test_holds_whatever_a_cell_may_hold(self) -> None:
        nasty = "<b>&\"'\x00\x0b\ufffe\r\nend"
        sheet = drawn(Line([nasty, "가" * (LONGEST + 5)], {0: nasty}))
        shown, long = values(sheet)[1]
        assert shown.replace("\r\n", "\n") == "<b>&\"'\nend"
        assert len(long) == LONGEST and long.endswith("…")

    def test_comments_only_the_first_thousand_cells(self) -> None:
        sheet = drawn(*(Line(["x", str(number)], {1: "why"}) for number in range(1200)))
        assert sum(row[1].comment is not None for row in sheet.iter_rows()) == 1000
        assert sheet["B1201"].fill.fgColor.rgb == "FFFFD6D6"

    def test_of_a_cancelled_import_has_the_rows_never_reached(self, alma: User, sign_in: SignIn) -> None:
        job = queued([GOOD, BAD], by=alma)
        assert go(job).state == "done"
        Job.objects.filter(pk=job.pk).update(state="cancelled", totals={}, cursor=0)
        answer = sign_in(alma).get(reverse("jobs:download", args=[job.pk]), {"rows": "missed"})
        assert values(sheet_of(answer.getvalue()))[1:] == [["", *GOOD], ["", *BAD]]

    def test_is_on_record_and_for_those_who_import(self, alma: User, sign_in: SignIn) -> None:
        job = imported([BAD], by=alma)
        failed_rows(sign_in(alma), job)
        assert AuditEntry.objects.get(action="access.download").target_id == job.pk
        other = sign_in(make_admin())
        assert other.get(reverse("jobs:download", args=[job.pk]), {"rows": "failed"}).status_code == 200
        assert other.get(reverse("jobs:download", args=[job.pk]), {"rows": "other"}).status_code == 404


class TestTheRepair:
    def upload(self, client: Client, address: str, content: bytes, name: str = "repaired.xlsx") -> Job:
        answer = client.post(address, {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 302, answer.content[:2000]
        return Job.objects.latest("pk")

    def repaired(self, client: Client, job: Job) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(failed_rows(client, job)))
        assert book.active is not None
        book.active["C2"] = "lee@acme.example"
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def test_goes_straight_to_the_review_mapped_as_before(self, alma: User, sign_in: SignIn) -> None:
        client, first = sign_in(alma), imported([GOOD, BAD], by=alma, choices={"blank_clears": True})
        job = self.upload(client, reverse("contacts:import_repair", args=[first.pk]), self.repaired(client, first))
        assert job.params["columns"] == ["", "name", "email", "mobile_phone", "notes"]
        assert (job.params["repairs"], job.params["first"], job.params["choices"]) == (
            first.pk,
            first.pk,
            {"blank_clears": True},
        )
        assert go(job).state == "reviewed" and job.predicted == {"created": 1}

    def test_is_known_by_its_column_in_the_wizard_too(self, alma: User, sign_in: SignIn) -> None:
        client, first = sign_in(alma), imported([GOOD, BAD], by=alma)
        job = self.upload(client, reverse("contacts:import"), self.repaired(client, first))
        assert job.params["repairs"] == first.pk
        assert job.params["columns"] == ["", "name", "email", "mobile_phone", "notes"]

    def test_of_a_repair_is_told_from_one_of_the_first_import_wherever_it_is_uploaded(
        self, alma: User, sign_in: SignIn
    ) -> None:
        client, first = sign_in(alma), imported([BAD], by=alma)
        page, of_first = reverse("contacts:import_repair", args=[first.pk]), failed_rows(client, first)
        again = self.upload(client, page, of_first)
        actions.submit(go(again), by=person(alma))
        of_again = failed_rows(client, go(again))
        for address in (page, reverse("contacts:import_repair", args=[again.pk]), reverse("contacts:import")):
            for content, repaired in ((of_first, first), (of_again, again)):
                job = self.upload(client, address, content)
                assert (job.params["repairs"], job.params["first"]) == (repaired.pk, first.pk)

    def test_of_another_history_belongs_where_it_is_uploaded(self, alma: User, sign_in: SignIn) -> None:
        client, first, other = sign_in(alma), imported([BAD], by=alma), imported([BAD], by=alma)
        address = reverse("contacts:import_repair", args=[first.pk])
        assert self.upload(client, address, failed_rows(client, other)).params["repairs"] == first.pk

    def test_both_pages_lead_to_each_other_and_count_together(self, alma: User, sign_in: SignIn) -> None:
        client, first = sign_in(alma), imported([GOOD, BAD], by=alma)
        job = self.upload(client, reverse("contacts:import_repair", args=[first.pk]), self.repaired(client, first))
        actions.submit(go(job), by=person(alma))
        assert go(job).totals == {"created": 1}
        assert Contact.objects.filter(name="Lee").exists()
        for page, other in ((first, job), (job, first)):
            seen = client.get(page.get_absolute_url()).text
            assert f'href="{other.get_absolute_url()}"' in seen
            assert "2 contacts were imported (2 created, 0 updated); 0 skipped, 0 failed." in seen

    def test_with_a_column_gone_it_is_mapped_by_hand(self, alma: User, sign_in: SignIn) -> None:
        client, first = sign_in(alma), imported([BAD], by=alma)
        address = reverse("contacts:import_repair", args=[first.pk])
        answer = client.post(address, {"file": SimpleUploadedFile("a.csv", b"Name,Email\nLee,lee@acme.example\n")})
        job = Job.objects.latest("pk")
        assert answer["Location"] == reverse("contacts:import_map", args=[job.pk])
        assert (job.state, job.params["columns"]) == ("draft", ["name", "email"])

    def test_what_cannot_be_read_is_said_on_the_page(self, alma: User, sign_in: SignIn) -> None:
        client, first = sign_in(alma), imported([BAD], by=alma)
        address = reverse("contacts:import_repair", args=[first.pk])
        answer = client.post(address, {"file": SimpleUploadedFile("a.csv", b"")}, follow=True)
        assert "empty" in answer.text and answer.redirect_chain[-1][0] == first.get_absolute_url()
        assert Job.objects.count() == 1
