"""The timeline of a profile in a real browser: a note is added, edited and deleted, filters and older pages swap in place."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from contacts.models import Contact
from helpdesk.audit.actions import Entry, record_all
from helpdesk.timeline.models import Note
from helpdesk.users import actors
from helpdesk.users.models import User
from tests.browser.conftest import OpenBrowser
from tests.factories import make_agent, make_company, make_contact

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def agent() -> User:
    return make_agent()


@pytest.fixture
def contact(agent: User) -> Contact:
    """With forty edits: three pages."""
    contact = make_contact("김민준", company=make_company("한빛전자"))
    record_all([Entry("contact.edit", contact, {"name": ("Kim", "김민준")})] * 40, by=actors.person(agent))
    return contact


def profile_of(open_browser: OpenBrowser, user: User, contact: Contact, **kwargs: object) -> Page:
    page = open_browser(user, **kwargs)
    page.goto(contact.get_absolute_url())
    return page


@pytest.mark.parametrize("javascript", [True, False])
def test_a_note_is_added_edited_and_deleted(
    open_browser: OpenBrowser, agent: User, contact: Contact, javascript: bool
) -> None:
    page = profile_of(open_browser, agent, contact, javascript=javascript)
    timeline = page.get_by_role("region", name="Timeline")
    timeline.get_by_label("New note").fill("Called back.\nSee https://hanbit.example/quote")
    timeline.get_by_role("button", name="Add note").click()
    expect(page.locator("#messages")).to_contain_text("The note was added.")
    expect(timeline.get_by_role("listitem").first).to_contain_text("Called back.")
    expect(timeline.get_by_role("link", name="https://hanbit.example/quote")).to_be_visible()
    timeline.get_by_role("link", name="Edit note").click()
    page.get_by_label("Note").fill("Called back twice.")
    page.get_by_role("button", name="Save").click()
    expect(timeline.locator(".note-text")).to_have_text("Called back twice.")
    timeline.get_by_role("link", name="Delete note").click()
    page.get_by_role("button", name="Delete").click()
    expect(timeline.locator(".note-text")).to_have_count(0)
    assert not Note.objects.exists()


def test_chips_filter_in_place_and_older_events_follow(
    open_browser: OpenBrowser, agent: User, contact: Contact
) -> None:
    page = profile_of(open_browser, agent, contact)
    timeline = page.get_by_role("region", name="Timeline")
    timeline.get_by_label("New note").fill("Half a thought")
    timeline.get_by_role("link", name="Notes").click()
    expect(timeline).to_contain_text("Nothing of this kind has happened yet.")
    expect(page).to_have_url(re.compile(r"\?kind=notes$"))
    expect(timeline.get_by_role("link", name="Notes")).to_be_focused()
    expect(timeline.get_by_label("New note")).to_have_value("Half a thought")
    timeline.get_by_role("link", name="Changes").click()
    expect(timeline.locator(".timeline-event")).to_have_count(15)
    timeline.get_by_role("link", name="Older").click()
    expect(timeline.locator(".timeline-event")).to_have_count(30)
    expect(timeline.get_by_role("link", name="Older")).to_be_focused()
    timeline.get_by_role("link", name="Older").click()
    expect(timeline.locator(".timeline-event")).to_have_count(40)
    expect(timeline.get_by_role("link", name="Older")).to_have_count(0)


def test_filters_and_older_pages_are_links_without_javascript(
    open_browser: OpenBrowser, agent: User, contact: Contact
) -> None:
    page = profile_of(open_browser, agent, contact, javascript=False)
    timeline = page.get_by_role("region", name="Timeline")
    timeline.get_by_role("link", name="Changes").click()
    for count in (15, 10):
        timeline.get_by_role("link", name="Older").click()
        expect(timeline.locator(".timeline-event")).to_have_count(count)
    timeline.get_by_role("link", name="Newest").click()
    expect(timeline.get_by_role("link", name="Older")).to_be_visible()
    expect(timeline.get_by_role("link", name="Changes")).to_have_attribute("aria-current", "true")
