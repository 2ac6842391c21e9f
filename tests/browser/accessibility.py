"""What axe finds on a page by WCAG 2.2 AA, and what it does not see: overflow, languages, small targets."""

from __future__ import annotations

import os
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_EVERYTHING = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": WCAG}, "iframes": False}
_RUN = "async (options) => (await axe.run(document, options)).violations"
_COLOURS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast"]},
    "iframes": False,
}
"""A letter's frame runs no script, not axe's either: asking it is refused, aloud."""


def is_axe_on() -> bool:
    return os.environ.get("HELPDESK_TEST_AXE", "1") != "0"


def axe_findings(page: Page, *, only_colours: bool = False) -> list[str]:
    """One line for each element at fault; [] with HELPDESK_TEST_AXE=0."""
    if not is_axe_on():
        return []
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    violations = page.evaluate(_RUN, _COLOURS if only_colours else _EVERYTHING)
    return [line for violation in violations for line in _lines(violation)]


def check_axe(page: Page) -> None:
    """Fails naming the elements at fault."""
    assert axe_findings(page) == []


def turn_dark(page: Page) -> None:
    """Change the theme of the page that is open, as the switch would."""
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")


def overflow(page: Page) -> list[str]:
    """What makes the page scroll sideways: [] if nothing does."""
    found: list[str] = page.evaluate("""() => {
      const width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= width) return [];
      return [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > width + 1)
        .slice(0, 5).map((e) => `wider than the window: ${e.tagName} .${e.className}`);
    }""")
    return found


def small_targets(page: Page, least: int) -> list[str]:
    """Buttons and fields less than `least` px high: [] if none. Links within sentences are exempt, as in WCAG."""
    found: list[str] = page.evaluate(
        """(least) => [...document.querySelectorAll("button, .btn, select, textarea, input:not([type=hidden], [type=checkbox], [type=radio])")]
          .filter((e) => !e.closest(".visually-hidden"))
          .filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
          .filter((e) => e.getBoundingClientRect().height < least - 0.5)
          .map((e) => `only ${Math.round(e.getBoundingClientRect().height)} px high: ${e.outerHTML.slice(0, 120)}`)""",
        least,
    )
    return found


def _lines(violation: dict[str, Any]) -> list[str]:
    return [f"{violation['id']}: {_described(node)}" for node in violation["nodes"]]


def _described(node: dict[str, Any]) -> str:
    why = " ".join(check["message"] for check in (*node["any"], *node["all"], *node["none"]))
    return f"{' '.join(map(str, node['target']))}: {node['html'][:120]}: {why}"
