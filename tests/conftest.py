"""Fixtures every test may use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser

from helpdesk.users.models import User
from tests import factories
from tests.browser.chromium import chromium_path, launched

BACKEND = "helpdesk.signin.AddressBackend"
SignIn = Callable[[User], Client]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    if path is None and os.environ.get("CI"):
        pytest.fail("Chromium is missing: install it or set CHROMIUM_PATH.")
    if path is None:
        pytest.skip("no Chromium here")
    with launched(path) as chromium:
        yield chromium


@pytest.fixture
def sign_in() -> SignIn:
    """A browser in which `user` is signed in."""

    def _sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend=BACKEND)
        client.user = user  # type: ignore[attr-defined]
        return client

    return _sign_in


@pytest.fixture
def as_agent(db: None, sign_in: SignIn) -> Client:
    return sign_in(factories.make_agent())


@pytest.fixture
def as_supervisor(db: None, sign_in: SignIn) -> Client:
    return sign_in(factories.make_supervisor())


@pytest.fixture
def as_admin(db: None, sign_in: SignIn) -> Client:
    return sign_in(factories.make_admin())


@pytest.fixture
def as_customer(db: None, sign_in: SignIn) -> Client:
    user = factories.make_customer().user
    assert user is not None
    return sign_in(user)
