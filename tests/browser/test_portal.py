"""The portal's door in a real browser: from the letter's link to the greeting, and out again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from helpdesk.team.models import LinkRequest
from tests.browser.accessibility import check_axe
from tests.browser.conftest import OpenBrowser
from tests.browser.watching import Watch
from tests.factories import PASSWORD, make_agent, make_contact, make_customer
from tests.portal.letters import expire, invited, link_of

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "gate-lantern-42"


def test_from_the_letter_to_the_greeting_by_keyboard_alone(open_browser: OpenBrowser) -> None:
    token = invited(make_contact("Minjun Kim", email="minjun@acme.example", language="en"))
    page = open_browser()
    page.goto(f"/portal/activate/{token}/")
    expect(page).to_have_url(re.compile(r"/portal/activate/$"))
    expect(page.get_by_text("At least 10 characters")).to_be_visible()
    expect(page.get_by_label("New password")).to_be_focused()
    page.keyboard.type(NEW)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your password is set. Sign in.")).to_be_visible()
    expect(page.get_by_label("Email")).to_have_value("minjun@acme.example")
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    page.keyboard.type(NEW)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hello, Minjun Kim")).to_be_visible()


def test_the_token_is_in_neither_history_nor_referer(open_browser: OpenBrowser) -> None:
    token = invited(make_contact())
    page = open_browser()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.headers.get("referer", "")))
    page.goto("/portal/")
    page.goto(f"/portal/activate/{token}/")
    page.get_by_role("link", name="Helpdesk").first.click()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/portal/activate/$"))
    assert not any(token in referer for referer in asked)


def test_a_rejected_password_keeps_the_link_and_says_why(open_browser: OpenBrowser) -> None:
    token = invited(make_contact())
    page = open_browser()
    page.goto(f"/portal/activate/{token}/")
    page.get_by_label("New password").fill("short")
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("alert")).to_contain_text("too short")
    check_axe(page)
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_text("Your password is set. Sign in.")).to_be_visible()


def test_show_and_the_hangul_warning(open_browser: OpenBrowser) -> None:
    page = open_browser()
    page.goto("/portal/login/")
    field = page.get_by_label("Password", exact=True)
    field.fill("비밀번호")
    expect(page.get_by_text("The keyboard is in Hangul mode.")).to_be_visible()
    page.get_by_role("button", name="Show Password").click()
    expect(field).to_have_attribute("type", "text")


def test_the_failure_page_leads_on_with_the_address_kept(open_browser: OpenBrowser) -> None:
    page = open_browser()
    page.goto("/portal/login/")
    page.get_by_label("Email").fill("nobody@acme.example")
    page.get_by_label("Password", exact=True).fill("not-the-password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("You are not authorized to access portal")
    check_axe(page)
    page.get_by_role("link", name="Send me an activation link").click()
    expect(page.get_by_label("Email")).to_have_value("nobody@acme.example")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text("If this address can be used here, an email is on its way.")).to_be_visible()


def test_an_expired_link_sends_a_new_one_without_typing(open_browser: OpenBrowser, watch: Watch) -> None:
    watch.expect(410)
    token = invited(make_contact(email="late@acme.example"))
    expire(token)
    page = open_browser()
    page.goto(f"/portal/activate/{token}/")
    expect(page.get_by_role("heading", name="This link is no longer valid")).to_be_visible()
    page.get_by_role("button", name="Send me a new link").click()
    expect(page.get_by_text("If this address can be used here")).to_be_visible()
    assert LinkRequest.objects.get().email == "late@acme.example"


def test_a_signed_in_browser_is_asked_and_can_go_on(open_browser: OpenBrowser) -> None:
    token = invited(make_contact(language="en"))
    page = open_browser(make_agent(name="Ada Agent"))
    page.goto(f"/portal/activate/{token}/")
    expect(page.get_by_text("You are signed in as Ada Agent. Sign out and continue?")).to_be_visible()
    assert link_of(token).used_at is None
    page.get_by_role("button", name="Sign out and continue").click()
    expect(page.get_by_label("New password")).to_be_focused()


def test_without_javascript_too(open_browser: OpenBrowser) -> None:
    customer = make_customer("Kim", email="kim@acme.example", language="en")
    page = open_browser(javascript=False)
    page.goto("/portal/login/")
    page.get_by_label("Email").fill("kim@acme.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name=f"Hello, {customer.name}")).to_be_visible()


def test_the_profile_speaks_the_new_language_at_once(open_browser: OpenBrowser) -> None:
    page = open_browser(make_customer("Kim", language="en").user)
    page.goto("/portal/profile/")
    page.get_by_role("combobox", name="Language").select_option("ko")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")


def test_signing_out_leads_back_to_the_portals_door(open_browser: OpenBrowser) -> None:
    page = open_browser(make_customer("Kim", language="en").user)
    page.goto("/portal/")
    page.get_by_role("button", name="Your menu").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Welcome to the Helpdesk portal")).to_be_visible()
