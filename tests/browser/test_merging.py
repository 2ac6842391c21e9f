"""Two records of one person, merged and unmerged, as people do it: by what stands on the buttons, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.conf import settings
from django.utils.translation import gettext, override
from playwright.sync_api import Page, expect

from contacts.actions.drafts import Draft
from contacts.actions.records import edit_contact
from contacts.models import Contact
from helpdesk.users import actors
from helpdesk.users.models import User
from tests.browser.conftest import OpenBrowser
from tests.browser.watching import Watch
from tests.factories import make_company, make_contact, make_customer, make_supervisor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sora() -> User:
    return make_supervisor()


@pytest.fixture
def twins() -> tuple[Contact, Contact]:
    kept = make_customer(
        "김민준", email="minjun.kim@hanbit.example", job_title="과장", company=make_company("한빛전자")
    )
    return kept, make_contact("김 민준", email="mj@acme.example", mobile_phone="010-2073-1215", job_title="차장")


def said(text: str, language: str) -> str:
    with override(language):
        return gettext(text)


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_two_duplicates_are_merged_and_unmerged(
    open_browser: OpenBrowser, sora: User, twins: tuple[Contact, Contact], language: str
) -> None:
    kept, other = twins
    page = open_browser(sora, language=language)
    page.goto("/contacts/")
    for contact in twins:
        page.locator(f"#contact-{contact.pk} input").check()
    page.locator("#bulk-bar").get_by_role("button", name=said("Merge", language), exact=True).click()
    _choose_and_merge(page, other, language)
    expect(page).to_have_url(re.compile(rf"/contacts/{kept.pk}/$"))
    for text in ("mj@acme.example", "차장", "010-2073-1215", "minjun.kim@hanbit.example"):
        expect(page.locator("main")).to_contain_text(text)
    page.goto(other.get_absolute_url())
    expect(page).to_have_url(re.compile(rf"/contacts/{kept.pk}/$"))
    expect(page.locator("#messages")).to_contain_text(f"#{other.pk}")
    _unmerge(page, language)
    expect(page.locator("#messages")).to_contain_text("김 민준")
    page.goto(other.get_absolute_url())
    expect(page.locator("h1")).to_contain_text("김 민준")
    expect(page.locator("main")).to_contain_text("mj@acme.example")
    kept.refresh_from_db()
    assert kept.job_title == "과장"


def _choose_and_merge(page: Page, other: Contact, language: str) -> None:
    preview = page.locator("#merge-preview")
    expect(preview).to_contain_text("mj@acme.example")
    page.get_by_label(re.compile(rf"김 민준 · #{other.pk}")).check()
    expect(preview).to_contain_text(f"#{other.pk}")
    expect(page.get_by_label("차장")).to_be_checked()
    page.get_by_label(re.compile(r"김민준 · #")).check()
    expect(preview).not_to_contain_text(f"#{other.pk}")
    page.get_by_label("차장").check()
    expect(preview).to_contain_text("차장")
    page.get_by_role("button", name=said("Merge", language), exact=True).click()


def _unmerge(page: Page, language: str) -> None:
    page.locator(".merge-line a").click()
    page.get_by_role("button", name=said("Unmerge", language), exact=True).click()


def test_from_the_profile_without_javascript(
    open_browser: OpenBrowser, sora: User, twins: tuple[Contact, Contact]
) -> None:
    kept, other = twins
    page = open_browser(sora, javascript=False)
    page.goto(kept.get_absolute_url())
    page.get_by_role("link", name="Merge", exact=True).click()
    page.get_by_label("Find the other contact").fill("mj@")
    page.get_by_label("Find the other contact").press("Enter")
    page.get_by_label("김 민준").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label(re.compile(rf"김 민준 · #{other.pk}")).check()
    page.get_by_role("button", name="Update preview").click()
    expect(page.locator("#merge-preview")).to_contain_text(f"#{other.pk}")
    expect(page.locator("#merge-preview")).to_contain_text("It takes over the sign-in of “김민준”")
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page).to_have_url(re.compile(rf"/contacts/{other.pk}/$"))
    page.get_by_role("link", name="Unmerge 김민준").click()
    page.get_by_role("button", name="Unmerge", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("These contacts are back: 김민준")


def test_the_button_shows_for_two_to_ten_only(open_browser: OpenBrowser, sora: User) -> None:
    people = [make_contact() for _ in range(11)]
    page = open_browser(sora)
    page.goto("/contacts/")
    button = page.locator("#bulk-bar").get_by_role("button", name="Merge", exact=True)
    for count, contact in enumerate(people, start=1):
        page.locator(f"#contact-{contact.pk} input").check()
        expect(button).to_be_visible(visible=2 <= count <= 10)


def test_an_edit_by_somebody_else_is_told(
    open_browser: OpenBrowser, watch: Watch, sora: User, twins: tuple[Contact, Contact]
) -> None:
    kept, other = twins
    page = open_browser(sora)
    page.goto(f"/contacts/merge/?contact={kept.pk}&contact={other.pk}")
    page.get_by_label("차장").check()
    expect(page.locator("#merge-preview")).to_contain_text("차장")
    watch.expect(409)
    edit_contact(other, replace(Draft.of(other), department="Law"), version=1, by=actors.system("command"))
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody edited one of these contacts in the meantime.")
    expect(page.get_by_label("차장")).to_be_checked()
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("2 contacts are one now.")
