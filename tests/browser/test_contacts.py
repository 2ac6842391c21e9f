"""The list of contacts and its form in a real browser."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from contacts.models import Contact
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.users.models import User
from tests.browser.conftest import OpenBrowser
from tests.browser.watching import Watch
from tests.factories import PASSWORD, make_agent, make_company, make_contact, make_customer, make_supervisor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def agent() -> User:
    make_contact("김민준", company=make_company("한빛전자"), mobile_phone="+82 10-1234-5678")
    make_contact("Amelia Hughes")
    make_customer("Vera Verified")
    return make_agent()


def list_of(open_browser: OpenBrowser, user: User, query: str = "", **kwargs: object) -> Page:
    page = open_browser(user, **kwargs)
    page.goto(f"/contacts/{query}")
    return page


def tick(page: Page, name: str) -> None:
    page.get_by_label(f"Select {name}", exact=True).check()


def test_the_bar_counts_whom_the_email_will_reach(open_browser: OpenBrowser, agent: User) -> None:
    page = list_of(open_browser, agent)
    bar = page.get_by_role("region", name="Selected contacts")
    expect(bar).to_be_hidden()
    page.get_by_label("Select all").check()
    expect(bar).to_contain_text("3 selected")
    expect(bar).to_contain_text("2 of 3 will get it")
    page.get_by_label("Select Vera Verified").uncheck()
    expect(bar).to_contain_text("2 of 2 will get it")
    bar.get_by_role("button", name="Clear selection").click()
    expect(bar).to_be_hidden()
    expect(page.get_by_label("Select all")).to_be_focused()


@pytest.mark.parametrize("javascript", [True, False])
def test_all_that_can_be_done_is_in_reach_at_every_width(
    open_browser: OpenBrowser, language: str, javascript: bool
) -> None:
    for number in range(31):
        make_customer(f"Vera {number:02}")
    page = list_of(open_browser, make_supervisor(), language=language, javascript=javascript)
    if javascript:
        page.locator("#select-all").check()
    bar = page.locator(".bulk-bar:visible")
    for width in (1920, 1640, 1360, 1340, 1280, 1024, 768, 640, 320):
        page.set_viewport_size({"width": width, "height": 900})
        if (more := bar.locator(".bulk-more-opener")).is_visible():
            more.click()
        assert cut_off(bar) == [], width
        page.keyboard.press("Escape")


def cut_off(bar: Locator) -> list[str]:
    """What of the bar cannot be seen whole; "Merge" is for up to ten."""
    cut = bar.evaluate("""bar => [bar, ...bar.querySelectorAll("button:not([hidden]), label, .bulk-reach:not(:empty)")].filter(one => {
      const [place, within] = [one.getBoundingClientRect(), bar.getBoundingClientRect()];
      const isIn = one.closest(":popover-open") || (place.right <= within.right && place.bottom <= within.bottom);
      const isClosed = one.matches(".bulk-more-opener") && getComputedStyle(one).display === "none";
      return !isClosed && !(place.width && isIn && place.left >= 0 && place.right <= innerWidth && place.bottom <= innerHeight);
    }).map(one => one.textContent.trim())""")
    assert isinstance(cut, list)
    return cut


@pytest.mark.parametrize("width", [1360, 1280, 1024, 768])
def test_a_row_is_one_line_in_which_names_and_addresses_can_be_read(open_browser: OpenBrowser, width: int) -> None:
    make_contact(
        "Alice Patel", email="alice.patel@quartz.example", company=make_company("Quartz Mining"), job_title="Director"
    )
    page = list_of(open_browser, make_agent())
    page.set_viewport_size({"width": width, "height": 900})
    row = page.get_by_role("row", name="Alice Patel")
    assert row.evaluate("row => row.offsetHeight") <= 41
    for cell in (row.get_by_role("rowheader"), row.get_by_role("cell", name="alice.patel@quartz.example")):
        assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth")


def test_the_button_rests_while_nobody_chosen_can_get_the_email(open_browser: OpenBrowser, agent: User) -> None:
    page = list_of(open_browser, agent)
    button = page.get_by_role("button", name="Send activation email", exact=True)
    tick(page, "Vera Verified")
    expect(button).to_be_disabled()
    expect(button).to_have_accessible_description("None of them awaits activation")
    tick(page, "김민준")
    expect(button).to_be_enabled()
    expect(button).to_have_accessible_description("1 of 2 will get it")


def test_sends_to_the_selected_and_says_who_was_passed_over(open_browser: OpenBrowser, agent: User) -> None:
    page = list_of(open_browser, agent)
    page.get_by_label("Select all").check()
    page.get_by_role("button", name="Send activation email", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("2 activation emails are on their way; 1 skipped.")
    expect(page.locator("#messages")).to_contain_text("Vera Verified: already verified")
    expect(page.get_by_role("row", name="김민준")).not_to_contain_text("never sent")
    expect(page.get_by_role("region", name="Selected contacts")).to_contain_text("3 selected")
    assert OutgoingEmail.objects.count() == 2


def test_the_row_action_comes_with_the_pointer_and_with_the_keyboard(open_browser: OpenBrowser, agent: User) -> None:
    page = list_of(open_browser, agent)
    action = page.get_by_role("button", name="Send activation email to 김민준")
    expect(action).to_have_css("opacity", "0")
    page.get_by_role("row", name="김민준").hover()
    expect(action).to_have_css("opacity", "1")
    page.mouse.move(0, 0)
    action.focus()
    expect(action).to_have_css("opacity", "1")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("1 activation email is on its way.")
    expect(page.get_by_role("row", name="김민준")).to_contain_text("being sent")
    expect(page.get_by_role("button", name="Send activation email to 김민준")).to_be_focused()
    assert OutgoingEmail.objects.get().about_id == Contact.objects.get(name="김민준").pk


def test_a_row_follows_its_letter(open_browser: OpenBrowser, agent: User) -> None:
    page = list_of(open_browser, agent)
    page.get_by_role("row", name="김민준").hover()
    page.get_by_role("button", name="Send activation email to 김민준").click()
    expect(page.get_by_role("row", name="김민준")).to_contain_text("being sent")
    OutgoingEmail.objects.update(state="failed")
    expect(page.get_by_role("row", name="김민준")).to_contain_text("failed")


def test_search_follows_the_typing_and_leaves_the_input_alone(open_browser: OpenBrowser, agent: User) -> None:
    page = list_of(open_browser, agent)
    search = page.get_by_label("Search in this view")
    search.evaluate("e => e.dataset.same = 'yes'")
    search.press_sequentially("hugh")
    expect(page.get_by_text("1 contact found")).to_be_visible()
    expect(page.get_by_role("row", name="김민준")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"q=hugh"))
    expect(search).to_be_focused()
    assert search.evaluate("e => [e.dataset.same, e.value]") == ["yes", "hugh"]
    page.reload()
    expect(page.get_by_label("Search in this view")).to_have_value("hugh")
    expect(page.get_by_text("1 contact found")).to_be_visible()


def test_search_waits_for_the_end_of_a_syllable(open_browser: OpenBrowser, agent: User) -> None:
    page = list_of(open_browser, agent)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "q=" in request.url else None)
    search = page.get_by_label("Search in this view")
    search.evaluate("""e => {
      e.focus(); e.value = "ㄱ";
      e.dispatchEvent(new CompositionEvent("compositionstart"));
      e.dispatchEvent(new InputEvent("input", { isComposing: true, bubbles: true }));
    }""")
    page.wait_for_timeout(600)
    assert asked == []
    search.evaluate("""e => { e.value = "김"; e.dispatchEvent(new CompositionEvent("compositionend")); }""")
    expect(page.get_by_text("1 contact found")).to_be_visible()
    assert len(asked) == 1


@pytest.mark.parametrize("leaving", ["search", "view", "sort", "page"])
def test_the_selection_is_cleared_with_a_notice(open_browser: OpenBrowser, agent: User, leaving: str) -> None:
    for number in range(30):
        make_contact(f"Zoe {number:02}")
    page = list_of(open_browser, agent)
    tick(page, "Amelia Hughes")
    if leaving == "search":
        page.get_by_label("Search in this view").press_sequentially("zoe")
    elif leaving == "view":
        page.get_by_role("button", name="Views: All contacts").click()
        page.get_by_role("link", name="Unverified contacts").click()
    elif leaving == "sort":
        page.get_by_role("link", name="Newest").click()
    else:
        page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("The selection was cleared.")).to_be_visible()
    expect(page.get_by_role("region", name="Selected contacts")).to_be_hidden()
    page.reload()
    expect(page.get_by_text("The selection was cleared.")).to_have_count(0)


def test_on_a_phone_contacts_are_cards_with_written_actions(open_browser: OpenBrowser, agent: User) -> None:
    page = list_of(open_browser, make_supervisor(), phone=True)
    first = page.get_by_role("link", name="Amelia Hughes", exact=True)
    box = first.bounding_box()
    assert box is not None and box["y"] < 812 / 3
    call = page.get_by_role("link", name="010-1234-5678")
    assert call.get_attribute("href") == "tel:+821012345678"
    page.get_by_role("link", name="Actions for 김민준").click()
    menu = page.locator("#row-menu")
    for words in ("Send activation email", "Edit", "Block", "Delete"):
        expect(menu.get_by_text(words, exact=True)).to_be_visible()
    for words in ("Unblock", "Restore"):
        expect(menu.get_by_text(words, exact=True)).to_be_hidden()
    menu.get_by_text("Send activation email").click()
    expect(page.locator("#messages")).to_contain_text("1 activation email is on its way.")
    assert OutgoingEmail.objects.get().about_id == Contact.objects.get(name="김민준").pk


def test_on_a_phone_the_menu_leads_to_the_rows_own_pages(open_browser: OpenBrowser, agent: User) -> None:
    page = list_of(open_browser, agent, phone=True)
    page.get_by_role("link", name="Actions for Amelia Hughes").click()
    page.locator("#row-menu").get_by_text("Edit").click()
    expect(page).to_have_url(re.compile(rf"/contacts/{Contact.objects.get(name='Amelia Hughes').pk}/edit/"))


def test_on_a_phone_the_bar_stands_at_the_bottom(open_browser: OpenBrowser, agent: User) -> None:
    page = list_of(open_browser, agent, phone=True)
    tick(page, "Amelia Hughes")
    bar = page.get_by_role("region", name="Selected contacts")
    expect(bar).to_be_visible()
    box = bar.bounding_box()
    assert box is not None
    assert (round(box["x"]), round(box["width"]), round(box["y"] + box["height"])) == (0, 375, 812)
    expect(page.get_by_role("button", name="Clear selection")).to_be_in_viewport()


def test_without_scripts_a_selection_is_sent_as_well(open_browser: OpenBrowser, agent: User) -> None:
    page = list_of(open_browser, agent, javascript=False)
    tick(page, "Amelia Hughes")
    page.get_by_role("button", name="Send activation email", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("1 activation email is on its way.")


def test_adds_an_address_and_makes_it_the_primary_in_one_save(open_browser: OpenBrowser, agent: User) -> None:
    contact = Contact.objects.get(name="Amelia Hughes")
    old = contact.addresses.get().email
    page = open_browser(agent)
    page.goto(f"/contacts/{contact.pk}/edit/")
    page.get_by_role("button", name="Add secondary email").click()
    page.get_by_role("textbox", name="Secondary email").fill("amelia.new@acme.example")
    page.get_by_label("Make primary").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert list(contact.addresses.values_list("email", flat=True)) == ["amelia.new@acme.example", old]


def test_asks_whether_a_replaced_primary_stays_only_when_it_is_replaced(open_browser: OpenBrowser, agent: User) -> None:
    contact = Contact.objects.get(name="Amelia Hughes")
    page = open_browser(agent)
    page.goto(f"/contacts/{contact.pk}/edit/")
    question = page.get_by_label("as a secondary email")
    expect(question).to_be_hidden()
    page.get_by_label("Primary email").fill("new@acme.example")
    expect(question).to_be_checked()
    question.uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert list(contact.addresses.values_list("email", flat=True)) == ["new@acme.example"]


def test_companies_are_suggested_while_typing(open_browser: OpenBrowser, agent: User) -> None:
    page = open_browser(agent)
    page.goto("/contacts/new/")
    page.get_by_label("Company", exact=True).press_sequentially("한빛")
    expect(page.locator("#id_company_names option")).to_have_attribute("value", "한빛전자")


def test_the_mark_of_a_deleted_company_is_as_wide_as_its_word(open_browser: OpenBrowser) -> None:
    gone = make_company("Acme", deleted_at=timezone.now())
    contact = make_contact("Amelia Hughes", company=gone)
    page = open_browser(make_agent())
    page.goto(f"/contacts/{contact.pk}/")
    badge = page.get_by_role("region", name="Companies").get_by_text("Deleted")
    assert (badge.bounding_box() or {"width": 0})["width"] < 100


def test_a_tenth_address_is_the_last_until_one_is_removed(open_browser: OpenBrowser) -> None:
    contact = make_contact("Amelia Hughes", emails=tuple(f"amelia{number}@acme.example" for number in range(8)))
    page = open_browser(make_agent())
    page.goto(f"/contacts/{contact.pk}/edit/")
    add, limit = page.get_by_role("button", name="Add secondary email"), page.get_by_text("at most 10 email addresses")
    expect(limit).to_be_hidden()
    add.click()
    expect(add).to_be_disabled()
    expect(limit).to_be_visible()
    page.get_by_label("Remove").nth(3).check()
    expect(add).to_be_enabled()
    expect(limit).to_be_hidden()


def test_whoever_comes_back_to_a_new_contact_finds_all_that_was_typed(open_browser: OpenBrowser) -> None:
    page = open_browser(make_agent())
    page.goto("/contacts/new/")
    typed = {"Name": "Nia Nova", "Mobile phone": "010-2073-1215", "Company": "Nova", "Tags": "vip", "Notes": "Long"}
    for label, text in typed.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Primary email").fill("nia@nova.example")
    page.get_by_role("button", name="Add secondary email").click()
    page.get_by_label("Secondary email").fill("nova@nova.example")
    page.get_by_label("Make primary").check()
    page.get_by_role("navigation").get_by_role("link", name="Contacts", exact=True).click()
    page.wait_for_url("**/contacts/")
    page.go_back()
    for label, text in typed.items():
        expect(page.get_by_label(label, exact=True)).to_have_value(text)
    expect(page.get_by_label("Primary email")).to_have_value("nia@nova.example")
    expect(page.get_by_label("Secondary email")).to_have_value("nova@nova.example")
    expect(page.get_by_label("Make primary")).to_be_checked()


def test_a_refused_form_holds_each_added_line_once(open_browser: OpenBrowser, watch: Watch) -> None:
    watch.expect(422)
    page = open_browser(make_agent())
    page.goto("/contacts/new/")
    page.get_by_label("Name", exact=True).fill("Nia Nova")
    page.get_by_label("Primary email").fill("nia@nova.example")
    page.get_by_role("button", name="Add secondary email").click()
    page.get_by_label("Secondary email").fill("not an address")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Please check the following:")).to_be_visible()
    expect(page.get_by_label("Secondary email")).to_have_count(1)


def test_whoever_was_signed_out_while_editing_comes_back_to_the_form(open_browser: OpenBrowser, agent: User) -> None:
    address = f"/contacts/{Contact.objects.get(name='Amelia Hughes').pk}/edit/"
    page = open_browser(agent)
    page.goto(address)
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_role("button", name="Save").click()
    page.get_by_label("Email").fill(agent.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")
