"""Browsers to dress a test in: one whose test has ended is emptied and worn again, with the files it has loaded."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, ViewportSize

from tests.browser.watching import REPORT_REFUSALS
from tests.patience import PATIENCE

WIDE: ViewportSize = {"width": 1360, "height": 900}
PHONE: ViewportSize = {"width": 375, "height": 812}
DEAF_UNTIL_READY = """(() => {
  if (document.readyState !== "loading" || window !== window.top) return;  // a letter's frame may run no script
  const deafen = () => { if (document.documentElement) document.documentElement.style.pointerEvents = "none"; };
  new MutationObserver((_changes, watch) => { deafen(); watch.disconnect(); }).observe(document, { childList: true });
  deafen();
  document.addEventListener("DOMContentLoaded", () => { document.documentElement.style.pointerEvents = ""; });
})()"""
"""A person is never as quick as a test: nobody clicks a page whose scripts have not begun."""


@dataclass(frozen=True)
class Dress:
    """What a browser cannot change once it is open."""

    phone: bool
    theme: str
    language: str
    javascript: bool


class Wardrobe:
    """The browsers of one test process, by what they cannot change.

    A new one loads and compiles the style sheets for its first page, which takes as long as three pages after it.
    Nothing of a page outlives its test: pages are closed, with what they kept for themselves; cookies are thrown away.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self.url = url
        self._browser = browser
        self._idle: defaultdict[Dress, list[BrowserContext]] = defaultdict(list)

    def take(self, dress: Dress) -> BrowserContext:
        """One without pages and cookies."""
        idle = self._idle[dress]
        return idle.pop() if idle else self._made(dress)

    def put_back(self, dress: Dress, context: BrowserContext) -> None:
        """Close its pages, for the next test."""
        for page in context.pages:
            page.close()
        context.clear_cookies()
        self._idle[dress].append(context)

    def _made(self, dress: Dress) -> BrowserContext:
        context = self._browser.new_context(
            base_url=self.url, viewport=PHONE if dress.phone else WIDE, has_touch=dress.phone, is_mobile=dress.phone,
            color_scheme="dark" if dress.theme == "dark" else "light", locale=dress.language,
            java_script_enabled=dress.javascript,
            reduced_motion="reduce",  # nothing is looked at halfway through a transition
        )  # fmt: skip
        context.add_init_script(REPORT_REFUSALS)
        context.add_init_script(DEAF_UNTIL_READY)
        context.set_default_timeout(PATIENCE * 1000)
        return context
