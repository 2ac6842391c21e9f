"""A whole view of contacts in a browser: chosen, counted, written to in batches, paused, cancelled, all accounted for."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from django.utils.translation import gettext, ngettext, override
from playwright.sync_api import Page, expect

from contacts.models import Contact
from helpdesk.jobs import engine
from helpdesk.jobs.models import Job
from helpdesk.jobs.tasks import run
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.users.models import User
from tests.browser.conftest import OpenBrowser
from tests.factories import make_admin, make_agent, make_contact, make_customer, make_supervisor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "apply_async", lambda *_args, **_options: None)


@pytest.fixture(params=["en", "ko"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def supervisor() -> User:
    return make_supervisor()


def words(language: str, text: str) -> str:
    with override(language):
        return gettext(text)


def choose_view(page: Page, language: str) -> None:
    """All rows of the page, and then all of the view."""
    page.get_by_label(words(language, "Select all"), exact=True).check()
    page.get_by_label(words(language, "Select all in this view"), exact=True).check()


def press(page: Page, language: str, text: str) -> None:
    button = page.locator("main").get_by_role("button", name=words(language, text), exact=True)
    button.and_(page.locator("[type=submit]")).click()  # a menu of the filter has the same name in Korean


def slice_of(job: Job) -> Job:
    """Work on it as a worker would, until it wants to rest."""
    Job.objects.filter(pk=job.pk).update(run_at=timezone.now())
    job.refresh_from_db()
    engine.run(job.pk, job.epoch)
    job.refresh_from_db()
    return job


def test_95_unverified_contacts_are_written_to_in_batches_paused_and_cancelled(
    open_browser: OpenBrowser, supervisor: User, language: str
) -> None:
    for number in range(95):
        make_contact(f"김민준 {number:02}")
    make_contact("No email", email=None, external_id="1")
    make_customer("Vera Verified")
    page = open_browser(supervisor, language=language)
    page.goto("/contacts/?view=unverified")
    choose_view(page, language)
    press(page, language, "Send activation email")
    page.wait_for_url("**/contacts/acts/*/*")
    with override(language):
        question = ngettext("Send %(count)s activation email?", "Send %(count)s activation emails?", 95)
        expect(page.get_by_role("heading", name=question % {"count": 95})).to_be_visible()
    expect(page.get_by_text(words(language, "no email"))).to_be_visible()
    make_contact("Too late")
    press(page, language, "Send activation email")
    page.wait_for_url("**/jobs/*/")
    job = slice_of(Job.objects.get())
    assert (job.total, job.totals) == (96, {"done": 30})
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "31")
    press(page, language, "Pause")
    expect(page.get_by_text(words(language, "The job is paused."))).to_be_visible()
    OutgoingEmail.objects.update(state="sent")
    assert slice_of(job).totals == {"done": 30}
    press(page, language, "Go on")
    expect(page.get_by_text(words(language, "The job goes on."))).to_be_visible()
    assert slice_of(job).totals == {"done": 60}
    press(page, language, "Cancel")
    expect(page.get_by_text(words(language, "The job is cancelled."))).to_be_visible()
    assert slice_of(job).state == "cancelled"
    expect(page.get_by_role("listitem").filter(has_text=re.compile(r"36"))).to_be_visible()
    assert (OutgoingEmail.objects.count(), OutgoingEmail.objects.values("about_id").distinct().count()) == (60, 60)


def test_a_view_gets_a_tag_and_an_admin_takes_it_back(open_browser: OpenBrowser, language: str) -> None:
    for number in range(31):
        make_contact(f"Kim {number:02}")
    page = open_browser(make_admin(), language=language)
    page.goto("/contacts/?q=kim")
    choose_view(page, language)
    expect(page.locator("#bulk-count")).to_have_text(words(language, "All selected"))
    press(page, language, "Tags")
    page.get_by_role("textbox", name=words(language, "Tags"), exact=True).fill("VIP, 2026")
    press(page, language, "Change tags")
    page.wait_for_url("**/jobs/*/")
    job = slice_of(Job.objects.get())
    assert Contact.objects.filter(taggings__tag__key="vip").count() == 31
    page.reload()
    page.get_by_role("link", name=words(language, "Undo")).click()
    press(page, language, "Undo")
    page.wait_for_url("**/jobs/*/")
    slice_of(job)
    assert Contact.objects.filter(taggings__tag__key="vip").count() == 0


def test_unticking_a_row_takes_the_view_back(open_browser: OpenBrowser, supervisor: User) -> None:
    for number in range(31):
        make_contact(f"Kim {number:02}")
    page = open_browser(supervisor)
    page.goto("/contacts/")
    expect(page.get_by_label("Select all in this view")).to_be_hidden()
    choose_view(page, "en")
    expect(page.locator("#bulk-reach")).to_be_hidden()
    page.get_by_label("Select Kim 03").uncheck()
    expect(page.get_by_label("Select all in this view")).to_be_hidden()
    expect(page.locator("#bulk-count")).to_have_text("29 selected")
    page.get_by_label("Select all", exact=True).check()
    expect(page.get_by_label("Select all in this view")).not_to_be_checked()


def test_with_the_whole_page_ticked_the_bar_still_says_how_many_get_the_email(
    open_browser: OpenBrowser, supervisor: User
) -> None:
    for number in range(31):
        make_contact(f"Kim {number:02}", email="" if number % 6 else None, mobile_phone="010-2073-1215")
    page = open_browser(supervisor)
    page.goto("/contacts/?view=unverified")
    page.get_by_label("Select all", exact=True).check()
    expect(page.get_by_label("Select all in this view")).to_be_visible()
    expect(page.get_by_text("25 of 30 will get it")).to_be_visible()


def test_an_agent_tags_those_ticked_and_is_not_offered_the_view(open_browser: OpenBrowser) -> None:
    for number in range(31):
        make_contact(f"Kim {number:02}")
    page = open_browser(make_agent())
    page.goto("/contacts/")
    page.get_by_label("Select all", exact=True).check()
    expect(page.get_by_label("Select all in this view")).to_have_count(0)
    page.get_by_role("button", name="Tags", exact=True).click()
    page.get_by_role("textbox", name="Tags", exact=True).fill("vip")
    page.get_by_role("button", name="Change tags").click()
    expect(page.locator("#messages")).to_contain_text("30 contacts got vip.")


def test_without_scripts_a_view_is_chosen_as_well(open_browser: OpenBrowser, supervisor: User) -> None:
    for number in range(31):
        make_contact(f"Kim {number:02}")
    page = open_browser(supervisor, javascript=False)
    page.goto("/contacts/")
    page.get_by_role("checkbox", name="Select all in this view").check()
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Block", exact=True).click()
    expect(page.get_by_role("heading", name="Block 31 contacts?")).to_be_visible()
