"""The unverified contacts as a work list in a real browser."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override, pgettext
from playwright.sync_api import Locator, Page, expect

from contacts.actions import progress
from contacts.actions.activation import send_activations
from contacts.models import Contact
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.users import actors
from helpdesk.users.models import User
from tests.browser.conftest import OpenBrowser
from tests.factories import make_agent, make_contact

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def agent() -> User:
    make_contact("Nia Never")
    send_activations([make_contact("Sam Sent").pk], by=actors.system("command"))
    failed = make_contact("Fay Failed")
    send_activations([failed.pk], by=actors.system("command"))
    OutgoingEmail.objects.filter(about_id=failed.pk).update(state="failed")
    progress.settle([failed.pk])
    return make_agent()


def names(page: Page) -> Locator:
    return page.locator("tbody .row-link")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("javascript", [True, False])
def test_chips_lead_to_what_is_left_to_do(
    open_browser: OpenBrowser, agent: User, language: str, javascript: bool
) -> None:
    page = open_browser(agent, language=language, javascript=javascript)
    page.goto("/contacts/?view=unverified")
    with override(language):
        failed = pgettext("activation email", "Failed")
    page.get_by_role("link", name=failed, exact=True).click()
    expect(page).to_have_url(re.compile(r"activation=failed"))
    expect(names(page)).to_have_text(["Fay Failed"])
    expect(page.locator("#activations [aria-current]")).to_have_text(failed)


def test_a_search_stays_in_the_chip_and_the_chips_keep_the_search(open_browser: OpenBrowser, agent: User) -> None:
    page = open_browser(agent)
    page.goto("/contacts/?view=unverified&activation=never")
    make_contact("Nick Never")
    page.get_by_label("Search in this view").press_sequentially("nick")
    expect(page.get_by_text("1 contact found")).to_be_visible()
    expect(names(page)).to_have_text(["Nick Never"])
    page.get_by_role("link", name="Sent", exact=True).click()
    expect(page).to_have_url(re.compile(r"activation=sent&q=nick"))
    expect(page.get_by_text("No contact found")).to_be_visible()


def test_a_page_that_opens_on_waiting_letters_follows_them_and_stops(open_browser: OpenBrowser, agent: User) -> None:
    page = open_browser(agent)
    page.goto("/contacts/?view=unverified&activation=sent")
    row = page.get_by_role("row", name="Sam Sent")
    expect(row).to_contain_text("being sent")
    OutgoingEmail.objects.filter(about_id=Contact.objects.get(name="Sam Sent").pk).update(state="failed")
    expect(row).to_contain_text("failed")
    expect(page.locator("#refresher form")).to_have_count(0)


def test_on_a_phone_the_chips_are_one_line_to_push(open_browser: OpenBrowser, agent: User) -> None:
    page = open_browser(agent, phone=True)
    page.goto("/contacts/?view=unverified&activation=noemail")
    chips = page.locator("#activations").bounding_box()
    assert chips is not None
    assert chips["height"] < 70
    expect(page.get_by_role("link", name="No email", exact=True)).to_be_in_viewport()
