"""An export in a browser: chosen, watched, offered on the page, announced in a letter, taken away."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils.translation import gettext, override
from playwright.sync_api import Page, expect

from helpdesk.jobs import engine
from helpdesk.jobs.models import Job
from helpdesk.jobs.tasks import run
from helpdesk.outbox.models import OutgoingEmail
from tests.browser.conftest import OpenBrowser
from tests.factories import make_contact, make_customer, make_supervisor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_bell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: LazySettings) -> None:
    monkeypatch.setattr(run, "apply_async", lambda *_args, **_options: None)
    settings.DATA_DIR = tmp_path


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_unverified_are_exported_and_taken_away(open_browser: OpenBrowser, language: str) -> None:
    def words(text: str) -> str:
        with override(language):
            return gettext(text)

    def button(page: Page, role: str, text: str) -> None:
        page.locator("main").get_by_role(role, name=words(text), exact=True).click()  # type: ignore[arg-type]

    make_contact("김민준", email="kim@acme.example")
    make_contact("이서연", email="lee@acme.example")
    make_customer("Vera Verified")
    sora = make_supervisor()
    page = open_browser(sora, language=language)
    page.goto("/contacts/?view=unverified")
    page.locator("main").get_by_role("searchbox").fill("김")
    expect(page.locator("#export-view")).to_have_attribute("href", "/contacts/export/?view=unverified&q=%EA%B9%80")
    button(page, "link", "Export contacts")
    expect(page.get_by_role("heading", level=1)).to_have_text(words("Export contacts"))
    expect(page.locator(".export-whom")).to_contain_text("김")
    page.get_by_role("checkbox", name=words("Notes"), exact=True).uncheck()
    button(page, "button", "Export")
    page.wait_for_url("**/jobs/*/")
    with override(language):
        promise = gettext("We are preparing your file and will email %(address)s. Track it in Imports & exports.")
    expect(page.get_by_text(promise % {"address": sora.email})).to_be_visible()
    job = Job.objects.get()
    engine.run(job.pk, job.epoch)
    with page.expect_download() as taken:  # the page has found out by itself
        button(page, "link", "Download")
    assert taken.value.suggested_filename.endswith(".csv")
    rows = list(csv.reader(io.StringIO(Path(taken.value.path()).read_text("utf-8-sig"), newline="")))
    assert [row[0] for row in rows] == [words("Name"), "김민준"]
    assert words("Notes") not in rows[0]
    letter = OutgoingEmail.objects.get(notice="export_ready")
    assert f"/jobs/{job.pk}/" in letter.text


def test_those_ticked_go_to_the_page(open_browser: OpenBrowser) -> None:
    for name in ("Ann", "Ben", "Cem"):
        make_contact(name)
    page = open_browser(make_supervisor())
    page.goto("/contacts/")
    for name in ("Ann", "Cem"):
        page.get_by_role("row", name=name).get_by_role("checkbox").check()
    bar = page.get_by_role("region", name="Selected contacts")
    bar.get_by_role("button", name="More actions").click()
    bar.get_by_role("button", name="Export", exact=True).click()
    expect(page.locator(".export-whom")).to_have_text("2 contacts: only those ticked")
    page.get_by_role("radio", name="Excel (.xlsx)").check()
    page.locator("main").get_by_role("button", name="Export", exact=True).click()
    page.wait_for_url("**/jobs/*/")
    assert (Job.objects.get().total, Job.objects.get().params["format"]) == (2, "xlsx")
