"""A contact forgotten, in a real browser: everything taken away first, then deleted forever."""

from __future__ import annotations

import json
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from contacts.actions.drafts import Draft
from contacts.actions.records import create_contact
from contacts.models import Address, Contact
from helpdesk.audit.models import AuditEntry
from helpdesk.timeline.actions import add_note
from helpdesk.users.actors import person
from tests.browser.conftest import OpenBrowser
from tests.browser.watching import Watch
from tests.factories import make_admin, make_supervisor

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = {
    "en": ("Download everything about this contact", "Delete forever", "Name or primary email", "was deleted forever"),
    "ko": ("이 연락처의 모든 정보 다운로드", "영구 삭제", "이름 또는 기본 이메일", "영구 삭제했습니다"),
}


def minjun() -> Contact:
    by = person(make_supervisor())
    contact = create_contact(Draft(name="김민준", emails=("minjun@hanbit.example",)), by=by, send_activation=True)
    add_note(contact, "calls on Fridays", by=by)
    return contact


def downloaded(page: Page, button: str) -> ZipFile:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button).click()
    return ZipFile(waiting.value.path())


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("javascript", [True, False])
def test_a_contact_forgotten(open_browser: OpenBrowser, language: str, javascript: bool) -> None:
    download, delete, label, done = WORDS[language]
    contact = minjun()
    page = open_browser(make_admin(language=language), language=language, javascript=javascript)
    page.goto(contact.get_absolute_url())
    archive = downloaded(page, download)
    assert json.loads(archive.read("data.json"))["contact"]["name"] == "김민준"
    page.get_by_role("link", name=delete).click()
    expect(page.locator("main")).to_contain_text("minjun@hanbit.example")
    page.get_by_label(label).fill("김민준")
    page.get_by_role("button", name=delete).click()
    expect(page.locator("#messages")).to_contain_text(done)
    expect(page.locator("main")).not_to_contain_text("김민준")
    assert not Address.objects.filter(key="minjun@hanbit.example").exists()
    assert AuditEntry.objects.filter(action="access.download").count() == 1


def test_the_wrong_name_deletes_nothing(open_browser: OpenBrowser, watch: Watch) -> None:
    watch.expect(422)
    contact = minjun()
    page = open_browser(make_admin())
    page.goto(f"{contact.get_absolute_url()}forget/")
    page.get_by_label("Name or primary email").fill("김민")
    page.get_by_role("button", name="Delete forever").click()
    expect(page.locator("main")).to_contain_text("neither the name nor the primary email")
    assert Contact.objects.get(pk=contact.pk).name == "김민준"


def test_supervisors_may_take_it_away_but_not_delete_it(open_browser: OpenBrowser) -> None:
    contact = minjun()
    page = open_browser(make_supervisor(email="sv@helpdesk.example"))
    page.goto(contact.get_absolute_url())
    expect(page.get_by_role("button", name="Download everything about this contact")).to_be_visible()
    expect(page.get_by_role("link", name="Delete forever")).to_have_count(0)
