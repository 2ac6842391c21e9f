"""Browsers that fail the test when a page complains, is refused content, or asks another host."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from helpdesk.ui.themes import COOKIE as THEME_COOKIE
from helpdesk.users.models import User
from tests.browser.wardrobe import Dress, Wardrobe
from tests.browser.watching import Watch
from tests.conftest import SignIn
from tests.factories import make_supervisor

LANGUAGES = ["en", "ko"]
OpenContext = Callable[..., BrowserContext]
OpenBrowser = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def watch(live_server: LiveServer) -> Iterator[Watch]:
    """Fails the test at its end if a page complained; `watch.expect(403)` where that is what the test asks for."""
    watching = Watch(urlsplit(live_server.url).netloc)
    yield watching
    assert not watching.complaints, "\n" + "\n".join(watching.complaints)


@pytest.fixture(scope="session")
def wardrobe(browser: Browser, live_server: LiveServer) -> Wardrobe:
    return Wardrobe(browser, live_server.url)


@pytest.fixture
def open_context(wardrobe: Wardrobe, watch: Watch, sign_in: SignIn) -> Iterator[OpenContext]:
    """A browser of somebody (or of a visitor): `open_context(user, phone=True, theme="dark", language="ko", javascript=False)`."""
    opened: list[tuple[Dress, BrowserContext]] = []

    def _open(
        user: User | None = None,
        *,
        phone: bool = False,
        theme: str = "light",
        language: str = "en",
        javascript: bool = True,
    ) -> BrowserContext:
        dress = Dress(phone=phone, theme=theme, language=language, javascript=javascript)
        context = wardrobe.take(dress)
        opened.append((dress, context))
        watch.over(context)
        context.add_cookies(_cookies(wardrobe.url, user, sign_in, theme=theme, language=language))  # type: ignore[arg-type]
        return context

    yield _open
    for dress, context in opened:
        wardrobe.put_back(dress, context)
        watch.leave(context)


@pytest.fixture
def open_browser(open_context: OpenContext) -> OpenBrowser:
    """The first page of a new browser; see `open_context`."""

    def _open(user: User | None = None, **kwargs: object) -> Page:
        return open_context(user, **kwargs).new_page()

    return _open


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Each in turn, for tests that read the words of a page."""
    return str(request.param)


@pytest.fixture
def reader(db: None) -> User:
    """Whose browser `page` is: a supervisor may do nearly everything."""
    return make_supervisor()


@pytest.fixture
def page(open_browser: OpenBrowser, reader: User, language: str) -> Page:
    return open_browser(reader, language=language)


def _cookies(url: str, user: User | None, sign_in: SignIn, *, theme: str, language: str) -> list[dict[str, str]]:
    wanted = {settings.LANGUAGE_COOKIE_NAME: language, THEME_COOKIE: theme}
    if user is not None:
        User.objects.filter(pk=user.pk).update(theme=theme, language=language)
        client: Client = sign_in(user)
        _just_signed_in(client, user)
        wanted[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return [{"name": name, "value": value, "url": url} for name, value in wanted.items()]


def _just_signed_in(client: Client, user: User) -> None:
    """As after typing the password: pages that ask for it again do not."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
