"""What no page may do while a test looks: complain, break the content policy, or call elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError

_STATUS = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")
REPORT_REFUSALS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`content policy: ${event.violatedDirective} refused ${event.blockedURI || event.sourceFile}`));"""
"""What a context's pages need run in them, for `Watch` to hear what the content policy refused."""


@dataclass
class Watch:
    """Collects `complaints`; a status in `expected` (a page that is meant to answer 403) is none."""

    home: str
    expected: set[int] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ears = {"requestfailed": self._note, "console": self._hear, "weberror": self._note_error}

    def over(self, context: BrowserContext) -> None:
        """Watch every page of `context`. No request leaves the house: the browser finds no other host (`chromium.ARGUMENTS`).

        So each one that asks for another fails, and only those that failed are told of here: to be told of all costs an eighth of
        a page's time. Routes would keep it at home, too, but turn off the browser's cache: each page would load every file anew.
        """
        for event, hear in self._ears.items():
            context.on(event, hear)  # type: ignore[call-overload]

    def leave(self, context: BrowserContext) -> None:
        """What its pages do from now on is another test's."""
        for event, hear in self._ears.items():
            context.remove_listener(event, hear)

    def expect(self, *statuses: int) -> None:
        """The test asks for a page that answers so."""
        self.expected.update(statuses)

    def _note(self, request: Request) -> None:
        if urlsplit(request.url).netloc not in {"", self.home}:
            self.complaints.append(f"asked another host: {request.url}")

    def _note_error(self, error: WebError) -> None:
        self.complaints.append(f"script error: {error.error}")

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        status = _STATUS.match(message.text)
        if not (status and int(status[1]) in self.expected):
            self.complaints.append(f"{_where(message.page)}: {message.text}")


def _where(page: Page | None) -> str:
    return urlsplit(page.url).path if page else "?"
