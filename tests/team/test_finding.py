""" "Find a setting" knows English and Korean words, whichever language is spoken."""

from __future__ import annotations

import pytest
from django.test import Client

from helpdesk.users.models import User
from tests.conftest import SignIn
from tests.factories import make_admin

pytestmark = pytest.mark.django_db


def titles(client: Client, typed: str) -> list[str]:
    return [str(one.title) for one in client.get("/admin/", {"q": typed}).context["found"]]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("outbox", "Outbox"),
        ("메일 발송 내역", "Outbox"),
        ("TIME zone", "Time zone"),
        ("timezone", "Time zone"),
        ("시간대", "Time zone"),
        ("이메일알림", "User activation email"),
        ("사용자 활성화", "User activation email"),
        ("activation email", "User activation email"),
        ("two-step", "Require two-step sign-in for all agents"),
        ("mfa", "Require two-step sign-in for all agents"),
        ("감사 로그", "Audit log"),
        ("ｔｅａｍ　agents", "Agents"),
    ],
)
def test_finds_by_the_words_of_either_language(as_admin: Client, typed: str, wanted: str) -> None:
    assert wanted in titles(as_admin, typed)


def test_says_it_in_the_readers_language(sign_in: SignIn) -> None:
    admin: User = make_admin(language="ko")
    page = sign_in(admin).get("/admin/", {"q": "audit log"})
    assert "<strong>감사 로그</strong>" in page.text


def test_says_when_there_is_nothing_and_what_was_typed_stays(as_admin: Client) -> None:
    page = as_admin.get("/admin/", {"q": "<zzz>"})
    assert page.context["found"] == [] and "No setting has these words" in page.text
    assert 'value="&lt;zzz&gt;"' in page.text


def test_every_place_it_names_is_there(as_admin: Client) -> None:
    for one in as_admin.get("/admin/", {"q": "e"}).context["found"]:
        place, _, anchor = one.url.partition("#")
        page = as_admin.get(place)
        assert page.status_code == 200, place
        assert not anchor or f'id="{anchor}"' in page.text, one.url


def test_without_words_all_shelves_stand_there(as_admin: Client) -> None:
    assert as_admin.get("/admin/", {"q": "  "}).context["sections"]
    assert not as_admin.get("/admin/", {"q": "outbox"}).context["sections"]
