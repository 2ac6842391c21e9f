"""Who is who: another email for a contact, a company for those at its domains, a contact who works here, in a real browser and both languages."""

from __future__ import annotations

import pytest
from django.utils.translation import gettext, override
from playwright.sync_api import Page, expect

from helpdesk.jobs.models import Job
from helpdesk.outbox.models import OutgoingEmail
from tests.browser.conftest import OpenBrowser
from tests.factories import PASSWORD, make_admin, make_company, make_contact, make_customer

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "minjun.kim@hanbit.example"


def press(page: Page, language: str, words: str, role: str = "button") -> None:
    with override(language):
        page.locator("main").get_by_role(role, name=gettext(words), exact=True).click()  # type: ignore[arg-type]


def test_an_email_is_replaced_in_one_step(page: Page, language: str) -> None:
    kim = make_contact("김민준", email="minjun@acme.example")
    page.goto(kim.get_absolute_url())
    press(page, language, "Replace email", "link")
    with override(language):
        expect(page.get_by_role("region", name=gettext("What this means"))).to_be_visible()
        page.get_by_label(gettext("New email")).fill(NEW)
        page.get_by_label(gettext("Send activation email now")).check()
    press(page, language, "Replace email")
    page.wait_for_url(f"**{kim.get_absolute_url()}")
    assert list(kim.addresses.values_list("email", flat=True)) == [NEW, "minjun@acme.example"]
    assert list(OutgoingEmail.objects.values_list("to_email", flat=True)) == [NEW]


def test_a_companys_domains_are_applied_to_those_who_were_there_before(page: Page, language: str) -> None:
    acme = make_company("한빛전자", domains=("hanbit.example",))
    make_contact("김민준", email=NEW)
    make_contact("Lee", email="lee@hanbit.example", company=make_company("Globex"))
    page.goto(acme.get_absolute_url())
    press(page, language, "Apply to existing contacts", "link")
    expect(page.get_by_role("link", name="김민준")).to_be_visible()
    page.get_by_role("checkbox").check()
    press(page, language, "Apply to existing contacts")
    page.wait_for_url("**/jobs/*/")
    job = Job.objects.get()
    assert (job.kind, job.total) == ("contacts.apply_domains", 2)


def test_a_contact_becomes_an_agent_and_a_contact_only_again(open_browser: OpenBrowser, language: str) -> None:
    admin = open_browser(make_admin(), language=language)
    kim = make_customer("Kim", email="kim@acme.example")
    admin.goto(kim.get_absolute_url())
    press(admin, language, "Make this contact an agent", "link")
    press(admin, language, "Make this contact an agent")
    admin.wait_for_url(f"**/admin/team/{kim.user_id}/")
    sign_in_as_kim(open_browser, language, "/login/").wait_for_url("**/contacts/")
    press(admin, language, "Take the agent role away", "link")
    press(admin, language, "Take the agent role away")
    admin.wait_for_url(f"**{kim.get_absolute_url()}")
    sign_in_as_kim(open_browser, language, "/portal/login/").wait_for_url("**/portal/")


def sign_in_as_kim(open_browser: OpenBrowser, language: str, door: str) -> Page:
    page = open_browser(language=language)
    page.goto(door)
    page.locator("input[name=email]").fill("kim@acme.example")
    page.locator("input[name=password]").fill(PASSWORD)
    press(page, language, "Sign in")
    return page
