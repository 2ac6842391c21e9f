from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from pytest_django.fixtures import Settings

from contacts.models import Address
from helpdesk import checks
from helpdesk.users.models import User
from tests.patience import free_port, wait_for

UNFIT: list[tuple[str, dict[str, Any]]] = [
    ("helpdesk.E001", {"DEBUG": True}),
    ("helpdesk.E002", {"SECRET_KEY": "too short"}),
    ("helpdesk.E002", {"SECRET_KEY": "django-insecure-" + "abcdefghij" * 6}),
    ("helpdesk.E002", {"SECRET_KEY": "a" * 80}),
    ("helpdesk.E003", {"ALLOWED_HOSTS": []}),
    ("helpdesk.E003", {"ALLOWED_HOSTS": ["helpdesk.example.com", "*"]}),
    ("helpdesk.E005", {"SESSION_COOKIE_SECURE": False}),
    ("helpdesk.E005", {"CSRF_COOKIE_SECURE": False}),
    ("helpdesk.E006", {"WEB_PROCESSES": 2, "CACHES": {"default": {"BACKEND": checks.LOCAL_MEMORY}}}),
]


@pytest.fixture(autouse=True)
def fit(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server as deploy/example.env makes it."""
    monkeypatch.setenv("BASE_URL", "https://helpdesk.example.com")
    settings.DEBUG = False
    settings.SECRET_KEY = "6vJp0xqkZr" * 6
    settings.ALLOWED_HOSTS = ["helpdesk.example.com"]
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.REDIS_URL = ""


def ours(**options: Any) -> list[str | None]:
    """The ids of our own messages."""
    messages = run_checks(include_deployment_checks=True, **options)
    return [message.id for message in messages if (message.id or "").startswith("helpdesk.E")]


def test_a_fit_server_passes() -> None:
    assert ours() == []


@pytest.mark.parametrize(("number", "changes"), UNFIT)
def test_an_unfit_setting_is_refused(settings: Settings, number: str, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    assert ours() == [number]


def test_a_missing_base_url_is_refused() -> None:
    del os.environ["BASE_URL"]
    assert ours() == ["helpdesk.E004"]


@pytest.mark.django_db
def test_demo_accounts_are_refused_only_where_the_database_may_be_asked() -> None:
    user = User.objects.create(name="Admin", role="admin")
    Address.objects.create(key="admin@helpdesk.example", email="admin@helpdesk.example", user=user)
    assert ours() == []
    assert ours(databases=["default"]) == ["helpdesk.E007"]


@pytest.mark.django_db
def test_the_database_of_the_suite_knows_hangul() -> None:
    assert ours(databases=["default"]) == []


@pytest.mark.django_db
def test_a_redis_that_does_not_answer_is_refused(settings: Settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert ours(databases=["default"]) == ["helpdesk.E008"]


@pytest.mark.processes
@pytest.mark.django_db
@pytest.mark.parametrize(("policy", "expected"), [("noeviction", []), ("allkeys-lru", ["helpdesk.E008"])])
def test_a_redis_that_evicts_is_refused(settings: Settings, tmp_path: Path, policy: str, expected: list[str]) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    for _server in redis_server(settings.REDIS_URL, tmp_path, policy):
        assert ours(databases=["default"]) == expected


def redis_server(url: str, folder: Path, policy: str) -> Iterator[None]:
    """A Redis of this test's own, running while iterated."""
    if (program := shutil.which("redis-server")) is None:
        pytest.skip("no redis-server on this machine")
    port = url.rpartition(":")[2].partition("/")[0]
    options = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", str(folder), "--maxmemory-policy", policy]
    server = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: "could not be asked" not in checks._eviction_policy())
        yield
    finally:
        server.terminate()
        server.wait()
