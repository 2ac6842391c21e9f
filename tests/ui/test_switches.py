"""Language and appearance: for the person who is signed in, else for the browser."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.ui.gallery")]


def test_a_person_keeps_language_and_theme(as_agent: Client) -> None:
    as_agent.post("/language/", {"language": "ko", "next": "/gallery/desk/"})
    as_agent.post("/theme/", {"theme": "dark", "next": "/gallery/desk/"})
    as_agent.cookies.pop("helpdesk_language")
    as_agent.cookies.pop("helpdesk_theme")
    html = as_agent.get("/gallery/desk/").content.decode()
    assert '<html lang="ko" data-theme-choice="dark" data-bs-theme="dark">' in html


def test_a_visitor_keeps_them_in_the_browser(client: Client) -> None:
    client.post("/language/", {"language": "ko"})
    client.post("/theme/", {"theme": "light"})
    assert (
        '<html lang="ko" data-theme-choice="light" data-bs-theme="light">'
        in client.get("/gallery/door/").content.decode()
    )


def test_without_a_choice_the_browsers_language_and_the_devices_theme(client: Client) -> None:
    html = client.get("/gallery/door/", headers={"Accept-Language": "ko-KR,ko;q=0.9"}).content.decode()
    assert '<html lang="ko" data-theme-choice="auto">' in html


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_nobody_is_led_to_another_host(client: Client, target: str) -> None:
    assert client.post("/language/", {"language": "ko", "next": target})["Location"] == "/"


@pytest.mark.parametrize(("path", "field"), [("/language/", "language"), ("/theme/", "theme")])
@pytest.mark.parametrize("value", ["xx", "", "x" * 5000, "dark\u2028"])
def test_an_unknown_choice_changes_nothing(as_agent: Client, path: str, field: str, value: str) -> None:
    as_agent.post(path, {field: value})
    user = type(as_agent.user).objects.get(pk=as_agent.user.pk)  # type: ignore[attr-defined]
    assert (user.language, user.theme) == ("en", "auto")


@pytest.mark.parametrize("path", ["/language/", "/theme/"])
def test_looking_switches_nothing(client: Client, path: str) -> None:
    assert client.get(path).status_code == 405
