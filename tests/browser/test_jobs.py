"""A job watched in a browser: the numbers move by themselves, survive a reload, and need no script."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from playwright.sync_api import Page, expect

from helpdesk.jobs import engine
from helpdesk.jobs.models import Job
from helpdesk.jobs.tasks import run
from tests import factories, jobkinds
from tests.browser.conftest import OpenBrowser

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def kinds_of_tests(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(run, "apply_async", lambda **_options: None)
    jobkinds.register()
    yield
    jobkinds.forget()


def test_progress_moves_by_itself_and_survives_a_reload(open_browser: OpenBrowser) -> None:
    admin = factories.make_admin()
    job = jobkinds.started(25, by=admin)
    page = open_browser(admin)
    page.goto(job.get_absolute_url())
    expect(page.get_by_text("0 of 25 rows")).to_be_visible()
    slice_of(job)
    expect(page.get_by_text("10 of 25 rows")).to_be_visible()
    page.reload()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "40")
    slice_of(job)
    expect(page.get_by_text("20 of 25 rows")).to_be_visible()
    slice_of(job, seconds=5)
    expect(page.get_by_text("25 of 25 rows")).to_be_visible()
    expect(page.get_by_role("link", name="Undo")).to_be_visible()


def test_pause_go_on_and_cancel_with_no_worker_alive(open_browser: OpenBrowser) -> None:
    admin = factories.make_admin()
    job = jobkinds.started(25, by=admin)
    slice_of(job)
    page = open_browser(admin)
    page.goto(job.get_absolute_url())
    press(page, "Pause")
    expect(page.get_by_text("The job is paused.")).to_be_visible()
    press(page, "Go on")
    expect(page.get_by_text("The job goes on.")).to_be_visible()
    press(page, "Cancel")
    expect(page.get_by_text("The job is cancelled.")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="15 Not reached")).to_be_visible()


def test_what_a_button_did_is_said_though_the_page_it_leaves_asks_how_far_it_is(
    open_browser: OpenBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = factories.make_admin()
    job = jobkinds.started(25, by=admin)
    page = open_browser(admin)
    page.goto(job.get_absolute_url())
    saved = SessionMiddleware.process_response

    def slowly(self: SessionMiddleware, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        answer = saved(self, request, response)
        if request.path == job.get_absolute_url():
            time.sleep(2.5)  # the answer is made, its message read; the page being left asks every two seconds
        return answer

    monkeypatch.setattr(SessionMiddleware, "process_response", slowly)
    press(page, "Pause")
    expect(page.get_by_text("The job is paused.")).to_be_visible(timeout=10_000)


def test_undo_is_asked_first(open_browser: OpenBrowser) -> None:
    admin = factories.make_admin()
    job = jobkinds.started(5, by=admin)
    slice_of(job, seconds=5)
    page = open_browser(admin)
    page.goto(job.get_absolute_url())
    page.get_by_role("link", name="Undo").click()
    expect(page.get_by_text("Take back what this job did?")).to_be_visible()
    press(page, "Undo")
    expect(page.get_by_text("The job is being undone.")).to_be_visible()
    slice_of(job, seconds=5)
    expect(page.get_by_role("listitem").filter(has_text="5 Restored")).to_be_visible()


def test_without_a_script_the_page_says_how_far_it_is(open_browser: OpenBrowser) -> None:
    admin = factories.make_admin()
    job = jobkinds.started(25, by=admin)
    page = open_browser(admin, javascript=False)
    page.goto("/jobs/")
    page.get_by_role("link", name=re.compile("Add a word")).click()
    slice_of(job)
    page.get_by_role("link", name="Show how far it is now").click()
    expect(page.get_by_text("10 of 25 rows")).to_be_visible()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def slice_of(job: Job, *, seconds: float = 0) -> None:
    """Work on it as a worker would, for a chunk or for some seconds."""
    job.refresh_from_db()
    engine.run(job.pk, job.epoch, seconds=seconds)
