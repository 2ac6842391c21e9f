"""An admin words a letter, looks at it, tries it, and the customer gets it so; sets the helpdesk; asks for two steps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from playwright.sync_api import Page, expect

from contacts.actions.activation import send_activations
from contacts.models import Contact
from helpdesk.outbox import delivery
from helpdesk.outbox.eml import received
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.team.actions.house import require_mfa
from helpdesk.users import actors
from tests import factories
from tests.browser.conftest import OpenBrowser

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = actors.system("command")


@pytest.fixture(autouse=True)
def mail_dir(tmp_path: Path, settings: Any, live_server: Any) -> None:
    """Letters arrive as files, their links lead to the server of this test."""
    settings.EMAIL_BACKEND = "helpdesk.outbox.eml.EmlBackend"
    settings.MAIL_DIR = tmp_path / "mail"
    settings.BASE_URL = live_server.url


def open_the_letter(page: Page) -> None:
    page.goto("/admin/email-notifications/")
    page.get_by_role("link", name="User activation email").click()


@pytest.mark.parametrize(("is_phone", "javascript"), [(False, True), (True, True), (False, False)])
def test_a_wording_is_looked_at_saved_and_sent(open_browser: OpenBrowser, is_phone: bool, javascript: bool) -> None:
    contact = factories.make_contact("김민준", email="minjun@acme.example", language="en")
    factories.make_contact("Newest Person", email="newest@acme.example")
    page = open_browser(factories.make_admin(), phone=is_phone, javascript=javascript)
    open_the_letter(page)
    preview = page.frame_locator("iframe[name=preview]")
    expect(preview.get_by_text("Hello Newest Person, your account")).to_be_visible()

    page.get_by_label("Subject").fill("{name}, welcome to {helpdesk}")
    page.get_by_label("Text").fill("Dear {name},\n<b>your</b> account is ready.\n\nCome in: {link}")
    page.get_by_label("Preview with").fill("minjun")
    page.get_by_role("button", name="Preview").click()
    expect(preview.get_by_role("heading", name="김민준, welcome to Helpdesk")).to_be_visible()
    expect(preview.get_by_text("<b>your</b> account is ready.")).to_be_visible()
    expect(preview.get_by_role("link", name="Come in")).to_have_attribute("href", "#")
    expect(page.get_by_label("Subject")).to_have_value("{name}, welcome to {helpdesk}")

    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved.")
    send_activations(Contact.objects.filter(pk=contact.pk), by=SYSTEM)
    delivery.deliver_due()
    arrived = received(OutgoingEmail.objects.latest("pk").message_id) or ""
    assert "Dear 김민준," in arrived and "Come in: http" in arrived and "/portal/activate/" in arrived


def test_a_mistake_is_named_and_nothing_is_lost(open_browser: OpenBrowser, watch: Any) -> None:
    watch.expect(422)
    factories.make_contact("김민준", email="minjun@acme.example")
    page = open_browser(factories.make_admin())
    open_the_letter(page)
    page.get_by_label("Text").fill("Dear {nmae}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("{nmae} is no placeholder of this letter")
    expect(page.get_by_label("Text")).to_have_value("Dear {nmae}")


def test_a_test_goes_to_the_admin_and_the_default_comes_back(open_browser: OpenBrowser) -> None:
    factories.make_contact("김민준", email="minjun@acme.example")
    page = open_browser(factories.make_admin(email="alma@helpdesk.example"))
    open_the_letter(page)
    page.get_by_role("link", name="Korean").click()
    page.get_by_label("Subject").fill("어서 오세요")
    page.get_by_role("button", name="Send me a test").click()
    expect(page.get_by_role("status").first).to_contain_text("alma@helpdesk.example")
    expect(page.get_by_label("Subject")).to_have_value("어서 오세요")
    delivery.deliver_due()
    page.get_by_role("link", name="See what becomes of the test").click()
    expect(page.get_by_role("heading", name="어서 오세요")).to_be_visible()
    expect(page.get_by_text("[link]").first).to_be_visible()

    page.goto("/admin/email-notifications/user_activation/ko/")
    page.get_by_label("Subject").fill("어서 오세요")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Back to the default wording").click()
    page.get_by_role("button", name="Back to the default wording").click()
    expect(page.get_by_label("Subject")).not_to_have_value("어서 오세요")
    expect(page.get_by_role("link", name="Back to the default wording")).to_have_count(0)


def test_a_setting_is_found_changed_and_seen_by_customers(open_browser: OpenBrowser) -> None:
    page = open_browser(factories.make_admin())
    page.goto("/admin/")
    page.get_by_role("searchbox", name="Find a setting").fill("support phone")
    page.get_by_role("searchbox", name="Find a setting").press("Enter")
    page.get_by_role("link", name="Support phone").click()
    page.get_by_label("Name of the helpdesk").fill("Acme Care")
    page.get_by_label("Support phone").fill("02-123-4567")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved.")
    visitor = open_browser()
    visitor.goto("/portal/login/")
    expect(visitor.get_by_role("link", name="02-123-4567").first).to_be_visible()
    expect(visitor.get_by_text("Acme Care").first).to_be_visible()


def test_the_fate_of_a_test_email_is_shown(open_browser: OpenBrowser) -> None:
    page = open_browser(factories.make_admin())
    page.goto("/admin/settings/")
    page.get_by_label("Email", exact=True).fill("me@elsewhere.example")
    page.get_by_role("button", name="Send a test email").click()
    expect(page.get_by_text("Queued")).to_be_visible()
    delivery.deliver_due()
    page.reload()
    expect(page.locator("dd .badge", has_text="Sent")).to_be_visible()


def test_agents_are_led_to_their_second_step_and_can_leave(open_browser: OpenBrowser) -> None:
    admin = factories.make_admin()
    TOTP.activate(admin, generate_totp_secret())
    page = open_browser(admin)
    page.goto("/admin/settings/")
    page.get_by_role("button", name="Require two-step sign-in for all agents").click()
    expect(page.get_by_text("Required", exact=True)).to_be_visible()

    agent = open_browser(factories.make_agent())
    agent.goto("/contacts/")
    expect(agent.get_by_text("requires two-step sign-in of all agents")).to_be_visible()
    agent.get_by_role("link", name="Contacts", exact=True).click()
    expect(agent.get_by_text("requires two-step sign-in of all agents")).to_be_visible()
    agent.get_by_role("link", name="Set up").click()
    expect(agent).to_have_url(re.compile("/profile/(mfa/app|again)/"))
    require_mfa(on=False, by=SYSTEM)
    agent.goto("/contacts/")
    expect(agent).to_have_url(re.compile("/contacts/$"))
