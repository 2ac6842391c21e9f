"""The whole walk of somebody new to imports and exports, by what can be read on the pages alone."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from django.conf import LazySettings
from django.utils.translation import override
from playwright.sync_api import Page, expect

from contacts.models import Contact
from contacts.spreadsheets import CONTACTS
from helpdesk.exchange.wording import filled, was_undone
from helpdesk.jobs import engine
from helpdesk.jobs.models import Job
from helpdesk.jobs.tasks import run
from helpdesk.outbox.models import OutgoingEmail
from tests.browser.conftest import OpenBrowser
from tests.browser.test_imports import drop, file, said
from tests.factories import make_admin, make_contact

pytestmark = pytest.mark.django_db(transaction=True)
HEADERS = ("고객명(필수)", "이메일", "휴대폰", "거래처명", "태그")
PEOPLE = (
    ("홍길동", "hong@hanbit.example", "010-1234-0001", "한빛전자", "VIP;수도권"),
    ("황보영", "hwangbo@hanbit.example", "010-1234-0002", "한빛전자", ""),
    ("최뷁", "choi hanbit.example", "010-1234-0003", "", ""),
    ("이서연", "seoyeon@hanbit.example", "", "", "VIP"),
)
OUTCOMES = {
    "created": "will be created",
    "updated": "will be updated",
    "skipped": "will be skipped: nothing differs",
    "failed": "will fail",
}


class Walk:
    """One browser in one language; what workers would do is done whenever a page waits for it."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language = page, language

    def words(self, text: str) -> str:
        return said(text, self.language)

    def spoken(self, sentence: Callable[[], str]) -> str:
        with override(self.language):
            return sentence()

    def press(self, text: str, role: str = "button") -> None:
        self.page.locator("main").get_by_role(role, name=self.words(text), exact=True).click()  # type: ignore[arg-type]

    def bring(self, name: str, data: bytes) -> None:
        """To the page of imports, and drop the file there."""
        self.page.goto("/contacts/")
        self.press("Import contacts", "link")
        expect(self.page.get_by_text(self.words("or drag and drop your CSV file here"))).to_be_visible()  # it listens
        drop(self.page, name, data)
        expect(self.page.get_by_role("heading", name=self.words("Map the fields"))).to_be_visible()

    def review(self, **expected: int) -> None:
        """As mapped; the four numbers of the review."""
        self.press("Review")
        self.page.wait_for_url("**/review/")
        self.see_totals(**expected)

    def see_totals(self, **expected: int) -> None:
        work()
        for outcome, text in OUTCOMES.items():
            total = self.page.get_by_role(
                "link", name=re.compile(rf"^{expected.get(outcome, 0)}\s*{self.words(text)}$")
            )
            expect(total).to_be_visible()

    def begin(self, **ended: int) -> str:
        """Import, and wait for the sentence that tells how it ended; the address of its page."""
        self.press("Import")
        self.page.wait_for_url("**/jobs/*/")
        work()
        self.see_ended(**ended)
        return self.page.url

    def see_ended(self, *, created: int, updated: int = 0, failed: int = 0) -> None:
        numbers = {"created": created, "updated": updated, "skipped": 0, "failed": failed, "count": created + updated}
        assert CONTACTS.imported
        sentence = self.spoken(lambda: filled(CONTACTS.imported(created + updated), numbers))
        expect(self.page.get_by_text(sentence)).to_be_visible()

    def take(self, text: str) -> tuple[str, bytes]:
        """Download what this link promises: the name of the file, and the file."""
        link = self.page.locator("main").get_by_role("link", name=re.compile(rf"^{self.words(text)}(\s|$)"))
        with self.page.expect_download() as taken:
            link.click()
        return taken.value.suggested_filename, Path(taken.value.path()).read_bytes()


@pytest.fixture(autouse=True)
def no_bell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: LazySettings) -> None:
    monkeypatch.setattr(run, "apply_async", lambda *_args, **_options: None)
    settings.DATA_DIR = str(tmp_path)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_imported_repaired_undone_exported_and_imported_again(open_browser: OpenBrowser, language: str) -> None:
    make_contact("이서연 과장", email="seoyeon@hanbit.example")
    for name in ("김민준", "남궁민"):  # who share a phone and have no address
        make_contact(name, email=None, mobile_phone="02-123-4567")
    walk = Walk(open_browser(make_admin(language=language), language=language), language)
    first = _import_with_one_bad_row(walk)
    _repair(walk)
    _import_a_workbook(walk)
    _undo(walk, first)
    _import_what_is_exported(walk)


def _import_with_one_bad_row(walk: Walk) -> str:
    walk.bring("고객명단.csv", "\r\n".join(",".join(row) for row in (HEADERS, *PEOPLE)).encode("cp949"))
    expect(walk.page.get_by_role("cell", name="황보영", exact=True)).to_be_visible()
    expect(walk.page.get_by_label("고객명(필수)")).to_have_value("name")
    walk.review(created=2, updated=1, failed=1)
    return walk.begin(created=2, updated=1, failed=1)


def _repair(walk: Walk) -> None:
    _name, data = walk.take("Download failed rows")
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    column = next(cell.column for cell in sheet[1] if cell.value == "이메일")
    assert sheet.cell(2, column).value == "choi hanbit.example"
    sheet.cell(2, column).value = "choi@hanbit.example"
    repaired = io.BytesIO()
    book.save(repaired)
    walk.page.get_by_label(walk.words("Upload the repaired rows")).set_input_files(
        file("고침.xlsx", repaired.getvalue())
    )
    walk.press("Upload")
    walk.page.wait_for_url("**/review/")
    walk.see_totals(created=1)
    walk.begin(created=1)
    walk.see_ended(created=3, updated=1)  # with the import that it repairs


def _import_a_workbook(walk: Walk) -> None:
    book, out = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("고객")
    for row in (("2026년 고객 명단",), (), HEADERS, ("철수", "cheolsu@acme.example", "010-9876-0001", "한빛전자", "")):
        sheet.append(row)
    book.save(out)
    walk.bring("고객.xlsx", out.getvalue())
    walk.review(created=1)
    walk.begin(created=1)


def _undo(walk: Walk, address: str) -> None:
    walk.page.goto(address)
    walk.press("Undo", "link")
    walk.press("Undo")
    work()
    sentence = walk.spoken(lambda: was_undone({"restored": 1, "removed": 2}))
    expect(walk.page.get_by_text(sentence)).to_be_visible()
    expect(walk.page.get_by_text("홍길동")).to_be_visible()  # a row of the file, though the contact is gone
    assert sorted(Contact.objects.values_list("name", flat=True)) == sorted(
        ["이서연 과장", "김민준", "남궁민", "최뷁", "철수"]
    )


def _import_what_is_exported(walk: Walk) -> None:
    walk.page.goto("/contacts/?view=unverified")
    walk.press("Export contacts", "link")
    walk.press("Export")
    walk.page.wait_for_url("**/jobs/*/")
    work()
    letter = OutgoingEmail.objects.get(notice="export_ready")
    walk.page.goto(re.findall(r"https?://[^/\s]+(/jobs/\d+/)", letter.text)[0])
    name, data = walk.take("Download")
    walk.bring(name, data)
    walk.review(skipped=5)
    expect(walk.page.get_by_role("button", name=walk.words("Import"), exact=True)).to_have_count(0)


def work() -> None:
    """As workers would, until nothing waits for them."""
    for job in Job.objects.waiting():
        epoch: int | None = job.epoch
        while epoch is not None:
            epoch = engine.run(job.pk, epoch)
