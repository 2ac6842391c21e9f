"""Pictures of pages of a helpdesk that runs with demo data: for the documentation, and for looking.

    python scripts/screenshots.py FOLDER [--base URL] [--page agent:/contacts/?view=unverified …] [--full]

Each page is `who:/address` with who one of admin, agent, customer, visitor; by default the pages of PAGES, each wide
and on a phone, light and dark, English and Korean (`--only wide-light-en` for some of these).
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

PASSWORD = "demo-helpdesk"  # noqa: S105 (of the demo accounts)
ACCOUNTS = {
    "admin": ("/login/", "admin@helpdesk.example"),
    "agent": ("/login/", "agent@helpdesk.example"),
    "customer": ("/portal/login/", "customer@acme.example"),
}
PAGES = [
    "agent:/contacts/",
    "agent:/contacts/?view=unverified",
    "agent:/contacts/new/",
    "agent:/companies/",
    "admin:/admin/",
    "admin:/admin/email-notifications/",
    "admin:/admin/outbox/",
    "admin:/admin/audit-log/",
    "admin:/admin/team/",
    "visitor:/login/",
    "visitor:/portal/login/",
    "customer:/portal/",
    "visitor:/help/",
]
SIZES = {"wide": {"width": 1360, "height": 860}, "phone": {"width": 375, "height": 812}}
VARIANTS = ["-".join(parts) for parts in itertools.product(SIZES, ("light", "dark"), ("en", "ko"))]
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


def main() -> int:
    options = _options()
    path = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium")
    if path is None:
        print("Chromium is missing: install it or set CHROMIUM_PATH.", file=sys.stderr)
        return 1
    options.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for variant in options.only or VARIANTS:
            _take_all(browser, variant, options)
        browser.close()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Pictures of pages of a helpdesk that runs with demo data.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--page", action="append", dest="pages", metavar="WHO:/ADDRESS")
    parser.add_argument("--only", action="append", choices=VARIANTS, metavar="SIZE-THEME-LANGUAGE")
    parser.add_argument("--full", action="store_true", help="the whole page, not only what the window shows")
    options = parser.parse_args()
    options.pages = options.pages or PAGES
    return options


def _take_all(browser: Browser, variant: str, options: argparse.Namespace) -> None:
    contexts: dict[str, BrowserContext] = {}
    for page in options.pages:
        who, _, address = page.partition(":")
        if who not in contexts:
            contexts[who] = _signed_in(browser, variant, who, options.base)
        _take(contexts[who], address, options.folder / f"{_name(page)}-{variant}.png", full=options.full)
    for context in contexts.values():
        context.close()


def _signed_in(browser: Browser, variant: str, who: str, base: str) -> BrowserContext:
    """A browser in which `who` has signed in and chosen language and theme by the switches of the page."""
    size, theme, language = variant.split("-")
    context = browser.new_context(
        base_url=base, viewport=SIZES[size], has_touch=size == "phone", is_mobile=size == "phone",  # type: ignore[arg-type]
        device_scale_factor=2 if size == "phone" else 1, color_scheme="light", locale=language, reduced_motion="reduce",
    )  # fmt: skip
    page = context.new_page()
    if who in ACCOUNTS:
        door, email = ACCOUNTS[who]
        page.goto(door)
        page.locator("input[type=email], input[name=email], input[name=login]").first.fill(email)
        page.locator("input[type=password]").fill(PASSWORD)
        page.locator("input[type=password]").press("Enter")
        page.wait_for_url(lambda url: not url.endswith(door))
    _choose(context, base, language=language, theme=theme)
    page.close()
    return context


def _choose(context: BrowserContext, base: str, **choices: str) -> None:
    page = context.new_page()
    page.goto("/")
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    for name, value in choices.items():
        form: dict[str, str | float | bool] = {"csrfmiddlewaretoken": token, name: value, "next": "/"}
        context.request.post(f"/{name}/", form=form, headers={"Referer": base})
    page.close()


def _take(context: BrowserContext, address: str, path: Path, *, full: bool) -> None:
    page = context.new_page()
    page.goto(address)
    page.screenshot(path=path, full_page=full)
    page.close()
    print(path)


def _name(page: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", page.lower()).strip("-")


if __name__ == "__main__":
    sys.exit(main())
