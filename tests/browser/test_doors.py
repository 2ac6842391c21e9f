"""Pages that exist for a moment only: the second step of a sign-in, and the first run."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from helpdesk.outbox.links import issue_printed
from tests.browser.accessibility import check_axe
from tests.browser.conftest import OpenBrowser
from tests.browser.pages import seed
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_second_step_of_a_sign_in(open_browser: OpenBrowser) -> None:
    secured = seed().secured
    page = open_browser()
    page.goto("/login/")
    page.get_by_label("Email").fill(secured.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile(reverse("mfa_authenticate")))
    check_axe(page)


def test_the_first_run(open_browser: OpenBrowser) -> None:
    page = open_browser()
    page.goto(reverse("team:setup", args=[issue_printed("setup", "users.user", 0, 24)]))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.endswith(reverse("team:setup_form"))
    page.get_by_label("Email").fill("fiona@helpdesk.example")
    page.get_by_role("button", name="한국어", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.get_by_label("이메일")).to_have_value("fiona@helpdesk.example")
    page.get_by_label("이메일").press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator("[aria-invalid=true]")).not_to_have_count(0)
    check_axe(page)
