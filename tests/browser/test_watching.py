"""What tests rely on: a page that asks another host, or is refused what it asks, is heard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error

from tests.browser.conftest import OpenBrowser
from tests.browser.watching import Watch

pytestmark = pytest.mark.django_db(transaction=True)
ELSEWHERE = "http://elsewhere.example"


def test_another_host_is_not_found_and_heard_of(open_browser: OpenBrowser, watch: Watch) -> None:
    page = open_browser()
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto(f"{ELSEWHERE}/page")
    assert taken(watch) == [f"asked another host: {ELSEWHERE}/page"]


def test_a_picture_from_elsewhere_is_refused_and_heard_of(open_browser: OpenBrowser, watch: Watch) -> None:
    page = open_browser()
    page.goto("/portal/")
    page.evaluate(
        f"() => new Promise((done) => Object.assign(new Image(), {{ onerror: done, src: '{ELSEWHERE}/picture' }}))"
    )
    assert any("content policy: img-src refused" in complaint for complaint in taken(watch))


def taken(watch: Watch) -> list[str]:
    """The complaints, which are no fault here."""
    heard = list(watch.complaints)
    watch.complaints.clear()
    return heard
