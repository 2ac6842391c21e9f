"""Every page in both languages, both widths, the wide one in both themes: axe finds nothing, nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page, ViewportSize

from tests.browser.accessibility import axe_findings, overflow, small_targets, turn_dark
from tests.browser.conftest import OpenBrowser
from tests.browser.pages import NO_PAGES, PAGES, Seed, Stop, Who, seed
from tests.browser.wardrobe import PHONE, WIDE
from tests.browser.watching import Watch


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("language", "is_phone"), [("en", False), ("ko", True)])
def test_every_page(open_browser: OpenBrowser, watch: Watch, language: str, is_phone: bool) -> None:
    watch.expect(403, 404, 410)
    given, found = seed(), list[str]()
    pages = {who: open_browser(given.user(who), language=language, phone=is_phone) for who in get_args(Who)}
    for stop in PAGES:
        found += _looked_at(pages[stop.who], stop, given, language, is_phone)
    assert not found, "\n" + "\n".join(found)


def test_every_address_is_looked_at_or_is_no_page() -> None:
    listed = {stop.name for stop in PAGES} | NO_PAGES
    assert sorted(set(_names(get_resolver())) - listed) == []
    assert sorted(listed - set(_names(get_resolver()))) == []


def _looked_at(page: Page, stop: Stop, given: Seed, language: str, is_phone: bool) -> list[str]:
    response = page.goto(stop.address(given))
    status = response.status if response else None
    found = [] if status == stop.status else [f"answered {status}"]
    found += _faults(page, language, is_phone)
    return [f"{stop}: {fault}" for fault in found]


def _faults(page: Page, language: str, is_phone: bool) -> Iterator[str]:
    """The page by axe; the other width, which costs no second visit, by what scrolls."""
    if (lang := page.locator("html").get_attribute("lang")) != language:
        yield f"lang is {lang}"
    if page.locator("h1").count() != 1:
        yield f"{page.locator('h1').count()} h1"
    yield from overflow(page)
    yield from small_targets(page, 44 if is_phone else 24)
    yield from axe_findings(page)
    if not is_phone:  # dark cards of a phone: test_components
        turn_dark(page)
        yield from axe_findings(page, only_colours=True)
    yield from _at(page, WIDE if is_phone else PHONE)


def _at(page: Page, size: ViewportSize) -> Iterator[str]:
    """Faults of the page at another size; the window is put back."""
    usual = page.viewport_size
    page.set_viewport_size(size)
    yield from (f"at {size['width']} px: {fault}" for fault in overflow(page))
    if usual:
        page.set_viewport_size(usual)


def _names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"
