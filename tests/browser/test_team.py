"""From an invitation to the desk, and a second step turned on, in a real browser."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from helpdesk.outbox import delivery
from helpdesk.outbox.eml import received
from helpdesk.outbox.models import OutgoingEmail
from tests import factories
from tests.browser.accessibility import check_axe
from tests.browser.conftest import OpenBrowser
from tests.patience import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "quite-a-secret-1"


@pytest.fixture(autouse=True)
def mail_dir(tmp_path: Path, settings: Any, live_server: Any) -> None:
    """Letters arrive as files, their links lead to the server of this test."""
    settings.EMAIL_BACKEND = "helpdesk.outbox.eml.EmlBackend"
    settings.MAIL_DIR = tmp_path / "mail"
    settings.BASE_URL = live_server.url


def link_in_the_letter() -> str:
    """Let the newest letter arrive and take the link out of it."""
    delivery.deliver_due()
    text = received(OutgoingEmail.objects.latest("pk").message_id)
    found = re.search(r"https?://\S+/invitation/\S+?/(?=\s)", text or "")
    assert found is not None, text
    return found[0]


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize("is_phone", [False, True])
def test_invited_accepted_signed_in(open_browser: OpenBrowser, is_phone: bool) -> None:
    admin = open_browser(factories.make_admin(), phone=is_phone)
    admin.goto("/admin/")
    admin.get_by_role("link", name="Agents").click()
    admin.get_by_role("link", name="Invite an agent").click()
    admin.get_by_label("Email").fill("nari@helpdesk.example")
    admin.get_by_label("Role").select_option("Supervisor")
    admin.get_by_role("button", name="Send invitation").click()
    expect(admin.get_by_role("status")).to_contain_text("nari@helpdesk.example")
    expect(
        admin.get_by_role("row", name=re.compile("nari")) if not is_phone else admin.locator("tr", has_text="nari")
    ).to_contain_text("Invited")
    nari = open_browser(phone=is_phone)
    nari.goto(link_in_the_letter())
    assert nari.url.endswith("/invitation/")
    check_axe(nari)
    nari.get_by_label("Name").fill("Nari New")
    nari.get_by_label("Password", exact=True).fill(SECRET)
    nari.get_by_role("button", name="Accept the invitation").click()
    expect(nari.get_by_label("Email")).to_have_value("nari@helpdesk.example")
    expect(nari.get_by_label("Password", exact=True)).to_be_focused()
    nari.keyboard.type(SECRET)
    nari.keyboard.press("Enter")
    expect(nari).to_have_url(re.compile("/contacts/"))
    nari.goto("/profile/")
    expect(nari.get_by_label("Name")).to_have_value("Nari New")


def test_a_second_step_turned_on_and_asked_for(open_browser: OpenBrowser) -> None:
    agent = factories.make_agent()
    page = open_browser()
    sign_in(page, agent.email, factories.PASSWORD)
    page.goto("/profile/")
    page.get_by_role("link", name="Set up").click()
    page.get_by_role("link", name="Set up").click()
    page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_alt_text("QR code for your authenticator app")).to_be_visible()
    picture = page.get_by_alt_text("QR code for your authenticator app")
    wait_for(lambda: picture.evaluate("drawn => drawn.naturalWidth > 0"))
    check_axe(page)
    secret = page.locator("[data-copy-value]").inner_text()
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    recovery = page.locator("code").first.inner_text()
    elsewhere = open_browser()
    sign_in(elsewhere, agent.email, factories.PASSWORD)
    expect(elsewhere.get_by_role("heading", name="One more step")).to_be_visible()
    elsewhere.get_by_label("Code").fill("000000")
    elsewhere.get_by_role("button", name="Sign in", exact=True).click()
    expect(elsewhere.get_by_role("alert")).to_contain_text("This code is not right.")
    elsewhere.get_by_label("Code").fill(recovery)
    elsewhere.get_by_role("button", name="Sign in", exact=True).click()
    expect(elsewhere).to_have_url(re.compile("/contacts/"))


def test_everything_works_without_scripts(open_browser: OpenBrowser) -> None:
    agent = factories.make_agent()
    page = open_browser(javascript=False)
    sign_in(page, agent.email, factories.PASSWORD)
    page.goto("/profile/")
    page.get_by_label("Signature").fill("Ada")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Your profile was saved.")


def code_of(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238), and for some seconds more: time to type it on a busy machine."""
    left = 30 - time.time() % 30
    if left < 15:
        time.sleep(left)
    return str(format_hotp_value(hotp_value(secret, int(time.time() // 30))))
