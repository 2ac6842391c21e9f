"""The shared components in a real browser, on the gallery: no other room is needed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.accessibility import axe_findings, overflow, small_targets, turn_dark
from tests.browser.conftest import OpenBrowser

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.ui.gallery")]


@pytest.fixture
def desk(open_browser: OpenBrowser) -> Page:
    page = open_browser(factories.make_admin())
    page.goto("/gallery/desk/")
    return page


@pytest.fixture
def phone(open_browser: OpenBrowser) -> Page:
    page = open_browser(factories.make_admin(), phone=True)
    page.goto("/gallery/desk/")
    return page


@pytest.mark.parametrize("frame", ["desk", "portal", "door"])
@pytest.mark.parametrize("is_phone", [False, True], ids=["wide", "phone"])
def test_every_component_holds_wcag_in_both_themes(open_browser: OpenBrowser, frame: str, is_phone: bool) -> None:
    page = open_browser(factories.make_admin(), phone=is_phone)
    page.goto(f"/gallery/{frame}/?said=1")
    findings = [*axe_findings(page), *overflow(page), *small_targets(page, 44 if is_phone else 24)]
    turn_dark(page)
    assert findings + axe_findings(page, only_colours=True) == []


def test_control_borders_and_focus_stand_out_three_to_one(open_browser: OpenBrowser) -> None:
    for theme in ("light", "dark"):
        page = open_browser(factories.make_admin(), theme=theme)
        page.goto("/gallery/desk/")
        assert [found for found in page.evaluate(CONTRASTS) if found["ratio"] < 3] == []


def test_the_sidebar_opens_by_menu_on_a_phone_and_closes_by_escape(phone: Page) -> None:
    navigation = phone.get_by_role("navigation", name="Main")
    expect(navigation).to_be_hidden()
    phone.get_by_role("button", name="Menu", exact=True).click()
    expect(navigation.get_by_role("link", name="Companies")).to_be_visible()
    assert axe_findings(phone) == []
    phone.keyboard.press("Escape")
    expect(navigation).to_be_hidden()


def test_menus_open_without_javascript(open_browser: OpenBrowser) -> None:
    page = open_browser(factories.make_admin(), javascript=False)
    page.goto("/gallery/desk/")
    page.get_by_role("button", name="Views: Unverified contacts").click()
    expect(page.get_by_role("link", name="All contacts")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Your menu")).click()
    expect(page.get_by_role("link", name="All contacts")).to_be_hidden()
    page.get_by_role("button", name="한국어").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")


def test_a_menu_stays_near_its_button_and_inside_the_window(desk: Page) -> None:
    button = desk.get_by_role("button", name="New", exact=True)
    button.click()
    menu = desk.locator("#menu-new").bounding_box()
    opener = button.bounding_box()
    assert menu and opener
    assert 0 <= menu["y"] - (opener["y"] + opener["height"]) < 16
    assert menu["x"] + menu["width"] <= 1360


def test_without_javascript_the_device_decides_the_theme(open_browser: OpenBrowser) -> None:
    user = factories.make_admin()
    page = open_browser(user, theme="dark", javascript=False)
    user.refresh_from_db()
    user.theme = "auto"
    user.save()
    page.goto("/gallery/desk/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 21, 26)"


def test_the_theme_of_the_device_is_followed_while_it_changes(open_browser: OpenBrowser) -> None:
    page = open_browser(factories.make_admin(), theme="auto")
    page.goto("/gallery/desk/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_a_password_can_be_seen_and_is_hidden_again_when_sent(desk: Page) -> None:
    field = desk.get_by_label("Password", exact=True)
    field.fill("quiet-harbour-7")
    desk.get_by_role("button", name="Show Password").click()
    expect(field).to_have_attribute("type", "text")
    desk.get_by_role("button", name="Show Password").click()
    expect(field).to_have_attribute("type", "password")


def test_hangul_in_a_password_is_pointed_out(desk: Page) -> None:
    warning = desk.get_by_text("The keyboard is in Hangul mode.")
    expect(warning).to_be_hidden()
    desk.get_by_label("Password", exact=True).focus()
    desk.keyboard.insert_text("비밀번호")
    expect(warning).to_be_visible()


def test_caps_lock_is_pointed_out(desk: Page) -> None:
    field = desk.get_by_label("Password", exact=True)
    field.evaluate("""(input) => input.dispatchEvent(
      new KeyboardEvent("keydown", { key: "A", modifierCapsLock: true, bubbles: true }))""")
    expect(desk.get_by_text("Caps Lock is on.")).to_be_visible()


def test_a_message_stays_until_it_is_closed(desk: Page) -> None:
    desk.goto("/gallery/desk/?said=1")
    message = desk.get_by_role("status").filter(has_text="28 activation emails are on their way")
    message.get_by_role("button", name="Close this message").click()
    expect(message).to_be_hidden()


def test_a_refused_form_puts_the_focus_on_what_is_wrong(desk: Page) -> None:
    desk.get_by_label("Primary email").fill("a@b")
    desk.locator("form.form-card").evaluate("(form) => { form.noValidate = true; form.requestSubmit(); }")
    summary = desk.get_by_role("alert").filter(has_text="Please check the following")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Name").click()
    expect(desk.get_by_label("Name", exact=True)).to_be_focused()
    assert axe_findings(desk) == []


def test_the_row_action_waits_for_pointer_or_focus_inside_the_card(desk: Page) -> None:
    button = desk.get_by_role("button", name="Send activation email to 김민준")
    assert button.evaluate("(e) => getComputedStyle(e).opacity") == "0"
    desk.get_by_role("link", name="김민준").hover()
    expect(button).to_have_css("opacity", "1")
    box, card = button.bounding_box(), desk.locator(".card").first.bounding_box()
    assert box and card
    assert box["x"] + box["width"] <= card["x"] + card["width"]


def test_rows_are_forty_pixels_and_cards_on_a_phone(desk: Page, phone: Page) -> None:
    assert desk.locator("tbody tr").first.evaluate("(row) => row.offsetHeight") in range(39, 43)
    assert phone.locator("tbody tr").first.evaluate("(row) => getComputedStyle(row).display") == "grid"
    assert phone.get_by_role("link", name="02-123-4567").get_attribute("href") == "tel:021234567"


CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const light = (colour) => {
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((v) => v / 255)
      .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05); };
  const behind = (e) => { for (let p = e.parentElement; p; p = p.parentElement) {
    const colour = getComputedStyle(p).backgroundColor; if (!colour.endsWith(", 0)")) return colour; } };
  const found = [];
  for (const e of document.querySelectorAll("main input:not([type=hidden]), main select, main textarea, main .btn:not(.btn-primary, .btn-danger, .btn-quiet, .btn-icon, .row-action)")) {
    if (!e.checkVisibility() || e.checked || e.type === "radio") continue;
    found.push({ ratio: ratio(getComputedStyle(e).borderTopColor, behind(e)), what: e.outerHTML.slice(0, 90) });
  }
  const field = document.querySelector("main input[type=text]");
  field.focus();
  found.push({ ratio: ratio(getComputedStyle(field).outlineColor, behind(field)), what: "focus" });
  return found;
}"""
