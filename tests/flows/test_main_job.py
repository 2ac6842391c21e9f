"""The job the helpdesk exists for, from an empty folder, as somebody would do it after `make run`."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.patience import PATIENCE, wait_for
from tests.running.runner import Runner

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(900)]

PASSWORD = "demo-helpdesk"
LINK = re.compile(r"http://127\.0\.0\.1:\d+/portal/activate/[A-Za-z0-9_-]+/")


@pytest.fixture(scope="module")
def helpdesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    with Runner(tmp_path_factory.mktemp("helpdesk")) as runner:
        runner.wait_until_up()
        yield runner


@pytest.fixture
def desk(helpdesk: Runner, browser: Browser) -> Iterator[Page]:
    yield from _window(helpdesk, browser)


@pytest.fixture
def customers_window(helpdesk: Runner, browser: Browser) -> Iterator[Page]:
    yield from _window(helpdesk, browser)


def _window(helpdesk: Runner, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=f"http://127.0.0.1:{helpdesk.port}", locale="en-US")
    context.set_default_timeout(PATIENCE * 1000)
    complaints: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert complaints == []


def test_unverified_contacts_get_their_letters_and_one_of_them_signs_in(
    helpdesk: Runner, desk: Page, customers_window: Page
) -> None:
    _sign_in(desk, "/login/", "agent@helpdesk.example", PASSWORD)
    desk.get_by_role("button", name="Views: All contacts").or_(desk.get_by_label("Views: All contacts")).click()
    desk.get_by_role("link", name="Unverified contacts").click()
    desk.get_by_label("Select all", exact=True).check()
    before = set(_letters(helpdesk))
    desk.get_by_role("region", name="Selected contacts").or_(desk.locator("[data-bulk-bar]")).get_by_role(
        "button", name="Send activation email"
    ).first.click()
    answer = desk.get_by_text(re.compile(r"activation emails? (are|is) on (their|its) way"))
    expect(answer.first).to_be_visible()
    promised = int(re.findall(r"(\d+) activation", answer.first.inner_text())[0])

    wait_for(lambda: len(set(_letters(helpdesk)) - before) == promised, otherwise=helpdesk.said)
    letter = email.message_from_bytes(min(set(_letters(helpdesk)) - before).read_bytes(), policy=email.policy.default)
    body = letter.get_body(("plain",))
    assert body is not None
    (link,) = set(LINK.findall(body.get_content()))

    customers_window.goto(link)
    expect(customers_window).to_have_url(re.compile(r"/portal/activate/$"))
    customers_window.locator("input[type=password]").fill("a long way home 2026")
    customers_window.locator("form:has(input[type=password]) button[type=submit]").click()
    expect(customers_window.get_by_label(re.compile("email|이메일", re.I)).first).to_have_value(
        str(letter["To"].addresses[0].addr_spec)
    )
    customers_window.locator("input[type=password]").fill("a long way home 2026")
    customers_window.keyboard.press("Enter")
    expect(customers_window).to_have_url(re.compile(r"/portal/$"))


def _sign_in(page: Page, path: str, address: str, password: str) -> None:
    page.goto(path)
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password", exact=True).fill(password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Contacts")


def _letters(helpdesk: Runner) -> list[Path]:
    return sorted((helpdesk.home / "mail").glob("*.eml"))
