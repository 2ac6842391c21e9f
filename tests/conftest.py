"""Fixtures every test may use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Any

import pytest
from _pytest.fixtures import FixtureDef, SubRequest
from _pytest.outcomes import OutcomeException
from django.test import Client
from hypothesis import settings
from playwright.sync_api import Browser

from helpdesk.outbox import own_words
from helpdesk.ui import house
from helpdesk.users.models import User
from tests import emptying, factories
from tests.browser.chromium import chromium_path, launched
from tests.faults.ledger import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]  # a hook: the table of faults

settings.register_profile("suite", max_examples=50, deadline=None, derandomize=True, database=None)
settings.register_profile("search", max_examples=300, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))  # the same cases each time: who searches says so

emptying.install()

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


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> None:
    """What a process remembers is not another test's; until a test changes it, nobody asks for it."""
    own_words.MEMORY.hold({})
    house.MEMORY.hold(None)


WAITING = ("tests/faults/", "tests/running/", "tests/flows/")
BUSY = ("tests/browser/test_every_page", "tests/browser/test_help", "tests/test_hostile_input", "tests/browser/")
"""Where whole files take long, the longest first: by waiting for processes, and by keeping a processor busy."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files begin first, those that wait in turn with those that work; what is short fills the gaps at the end."""
    turns = {path: turn for turn, path in enumerate(_mixed(list(dict.fromkeys(map(_file, items)))))}
    items.sort(key=lambda item: turns[_file(item)])


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: FixtureDef[Any], request: SubRequest) -> Iterator[object]:
    """What is no `Exception` (`sys.exit`, a cancelled task) fails one test, with its words.

    Pytest would leave the fixture half made, and each later test of the process would fail for that.
    """
    try:
        return (yield)
    except (Exception, OutcomeException, KeyboardInterrupt):
        raise
    except BaseException as ended:
        error = RuntimeError(f"The fixture {fixturedef.argname} ended with {ended!r}.")
        error.__cause__ = ended
        fixturedef.cached_result = (None, fixturedef.cache_key(request), (error, ended.__traceback__))
        raise error from ended


def _file(item: pytest.Item) -> str:
    return item.path.as_posix()


def _mixed(files: list[str]) -> list[str]:
    pairs = zip_longest(_among(files, WAITING), _among(files, BUSY))
    long = [path for pair in pairs for path in pair if path]
    return list(dict.fromkeys([*long, *files]))


def _among(files: list[str], parts: tuple[str, ...]) -> list[str]:
    """Those of one of these parts, in the order of the parts."""
    return [path for part in parts for path in files if part in path]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    client.user = user  # type: ignore[attr-defined]
    return client


@pytest.fixture
def sign_in() -> SignIn:
    """A browser in which `user` is signed in."""
    return signed_in


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
