"""Imports in a browser: a file of the old Korean encoding dropped on the page, a workbook chosen; mapped, reviewed, imported."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import openpyxl
import pytest
from django.conf import LazySettings
from django.utils.translation import gettext, override
from playwright.sync_api import FilePayload, Page, expect

from contacts.models import Contact
from contacts.spreadsheets import CONTACTS
from helpdesk.exchange.wording import filled
from helpdesk.jobs import engine
from helpdesk.jobs.models import Job
from helpdesk.jobs.tasks import run
from tests.browser.accessibility import check_axe
from tests.browser.conftest import OpenBrowser
from tests.factories import make_admin, make_company, make_contact

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("홍길동", "황보영", "철수", "효정", "화영", "김민준")  # in CP949 most of these are valid UTF-8 by accident
HEADERS = ("고객명(필수)", "이메일", "휴대폰", "거래처명")
COUNTS = {"count": 97, "created": 60, "updated": 37, "skipped": 10, "failed": 3}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of this test's own; what workers would do, the test does."""
    settings.DATA_DIR = str(tmp_path)
    monkeypatch.setattr(run, "apply_async", lambda **_options: None)
    return tmp_path


@pytest.mark.parametrize(("language", "is_dropped"), [("en", True), ("ko", False)])
def test_a_file_is_mapped_reviewed_and_imported(open_browser: OpenBrowser, language: str, is_dropped: bool) -> None:
    page, rows = open_browser(make_admin(language=language), language=language), customers()
    page.goto("/contacts/")
    page.get_by_role("link", name=said("Import contacts", language)).click()
    if is_dropped:
        drop(page, "고객명단.csv", csv_in_cp949(rows))
    else:
        choose(page, said("Upload a file", language), "고객명단.xlsx", workbook(rows))
    expect(page.get_by_label("고객명(필수)")).to_have_value("name")
    expect(page.get_by_label("거래처명")).to_have_value("company")
    expect(page.get_by_role("cell", name="홍길동 0", exact=True)).to_be_visible()
    check_axe(page)
    page.get_by_role("button", name=said("Review", language), exact=True).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.reload()
    job = Job.objects.get()
    work_on(job)
    expect(page.locator(".totals strong")).to_have_text(["60", "37", "10", "3"])
    check_axe(page)
    assert Contact.objects.count() == 47
    page.get_by_role("button", name=said("Import", language), exact=True).click()
    page.wait_for_url(f"**{job.get_absolute_url()}")
    work_on(job)
    with override(language):
        sentence = filled(CONTACTS.imported(97), COUNTS) if CONTACTS.imported else ""
    expect(page.get_by_text(sentence)).to_be_visible()
    assert Contact.objects.count() == 107


def test_what_is_too_large_or_more_than_one_file_never_leaves_the_browser(open_browser: OpenBrowser) -> None:
    page = open_browser(make_admin())
    page.goto("/contacts/import/")
    page.locator("[data-drop]").evaluate("form => (form.dataset.most = 0.00001)")
    choose(page, "Upload a file", "large.csv", b"name,email\n" * 20)
    expect(page.get_by_role("alert")).to_contain_text("The file is larger than 50 MB.")
    drop(page, "a.csv", b"x", count=2)
    expect(page.get_by_role("alert")).to_contain_text("Choose one file only.")


def test_choices_show_only_where_they_mean_something(open_browser: OpenBrowser) -> None:
    page = open_browser(make_admin())
    page.goto("/contacts/import/")
    choose(page, "Upload a file", "a.csv", b"name,email,city\nKim,kim@acme.example,Seoul\n")
    choice = page.get_by_label("Create missing companies")
    expect(choice).to_be_hidden()
    page.get_by_label("city").select_option("company")
    expect(choice).to_be_visible()
    expect(page.get_by_text("3 of 3 columns are imported")).to_be_visible()


def test_another_reading_changes_the_sample_in_place(open_browser: OpenBrowser) -> None:
    page = open_browser(make_admin())
    page.goto("/contacts/import/")
    choose(page, "Upload a file", "a.csv", "이름,email\n홍길동,a@acme.example\n".encode("cp949"))
    page.get_by_label("Encoding").select_option("cp1252")
    expect(page.get_by_role("cell", name="È«±æµ¿", exact=True).first).to_be_visible()
    page.get_by_label("Encoding").select_option("cp949")
    expect(page.get_by_role("cell", name="홍길동", exact=True).first).to_be_visible()
    page.get_by_label("Column names are in row").fill("2")
    page.get_by_label("Column names are in row").press("Enter")
    expect(page.get_by_label("a@acme.example")).to_be_visible()


def test_works_without_a_script(open_browser: OpenBrowser) -> None:
    page = open_browser(make_admin(), javascript=False)
    page.goto("/contacts/import/")
    page.get_by_label("File", exact=True).set_input_files(file("a.csv", b"name;email\nKim;kim@acme.example\n"))
    page.get_by_role("button", name="Upload a file").click()
    page.get_by_label("Columns are separated by").select_option(";")
    page.get_by_role("button", name="Read again").click()
    page.get_by_role("button", name="Review", exact=True).click()
    work_on(Job.objects.get())
    page.get_by_role("link", name="Show how far it is now").click()
    page.get_by_role("button", name="Import", exact=True).click()
    work_on(Job.objects.get())
    assert Contact.objects.get().name == "Kim"


def customers() -> list[tuple[str, ...]]:
    """110 rows: 60 new, 37 known by their email and named otherwise, 10 known and the same, 3 without a proper address."""
    company = make_company("한빛전자")
    people = [
        (f"{NAMES[n % 6]} {n}", f"customer{n}@hanbit.example", f"010-1234-{n:04}", "한빛전자") for n in range(107)
    ]
    for number, (name, email, phone, _company) in enumerate(people[60:]):
        known_as = "Old name" if number < 37 else name
        make_contact(known_as, email=email, mobile_phone=phone, company=company)
    return [*people, *(("박도윤", f"no address {n}", "", "") for n in range(3))]


def csv_in_cp949(rows: list[tuple[str, ...]]) -> bytes:
    return "\r\n".join(",".join(row) for row in [HEADERS, *rows]).encode("cp949")


def workbook(rows: list[tuple[str, ...]]) -> bytes:
    book, out = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("고객")
    for row in [HEADERS, *rows]:
        sheet.append(row)
    book.save(out)
    return out.getvalue()


def file(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def choose(page: Page, button: str, name: str, data: bytes) -> None:
    """Press the button, and choose the file in the window that opens."""
    with page.expect_file_chooser() as opened:
        page.get_by_role("button", name=button).click()
    opened.value.set_files(file(name, data))


def drop(page: Page, name: str, data: bytes, *, count: int = 1) -> None:
    """As a pointer does it: over the page, then let go."""
    form = page.locator("[data-drop]")
    form.wait_for()
    page.wait_for_load_state("domcontentloaded")  # its scripts listen
    form.evaluate(
        """(form, [name, data, count]) => {
          const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
          const dataTransfer = new DataTransfer();
          for (let number = 0; number < count; number++) dataTransfer.items.add(new File([bytes], name));
          for (const type of ["dragenter", "dragover", "drop"])
            form.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        [name, base64.b64encode(data).decode(), count],
    )


def work_on(job: Job) -> None:
    """As workers would, until nothing is left to do."""
    epoch: int | None = Job.objects.get(pk=job.pk).epoch
    while epoch is not None:
        epoch = engine.run(job.pk, epoch)


def said(words: str, language: str) -> str:
    with override(language):
        return gettext(words)
