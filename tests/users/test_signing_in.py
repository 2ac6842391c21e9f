"""Limits before the password, the same for known and unknown addresses."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.http import HttpRequest
from django.test import Client

from helpdesk.users import signing_in, throttling
from helpdesk.users.passwords import LONGEST, is_hashable
from tests.factories import PASSWORD, make_agent

pytestmark = pytest.mark.django_db


def try_in(client: Client, email: str, password: str, ip: str = "203.0.113.5", **more: str) -> Any:
    return client.post("/login/", {"email": email, "password": password, **more}, REMOTE_ADDR=ip)


@pytest.mark.parametrize("email", ["ada@helpdesk.example", "nobody@helpdesk.example", "no address at all"])
def test_ten_failures_then_the_eleventh_is_throttled_whoever_it_is(client: Client, email: str) -> None:
    make_agent(email="ada@helpdesk.example")
    assert [try_in(client, email, "wrong").status_code for _ in range(11)] == [200] * 10 + [429]


def test_throttled_people_get_the_same_page_with_one_more_sentence(client: Client) -> None:
    pages = [try_in(client, "nobody@helpdesk.example", "wrong").content.decode() for _ in range(11)]
    more = "<p>There were too many attempts. Wait a quarter of an hour, then try again.</p>"
    assert more not in pages[0]
    assert more in pages[10]


def test_throttled_means_the_right_password_too(client: Client) -> None:
    make_agent(email="ada@helpdesk.example")
    for _ in range(10):
        try_in(client, "ada@helpdesk.example", "wrong")
    assert try_in(client, "ada@helpdesk.example", PASSWORD).status_code == 429
    assert try_in(client, "ada@helpdesk.example", PASSWORD, ip="203.0.113.6").status_code == 302


def test_the_window_passes(client: Client) -> None:
    make_agent(email="ada@helpdesk.example")
    with time_machine.travel("2026-11-22 10:00Z", tick=False) as clock:
        for _ in range(11):
            try_in(client, "ada@helpdesk.example", "wrong")
        clock.shift(15 * 60 + 1)
        assert try_in(client, "ada@helpdesk.example", PASSWORD).status_code == 302


def test_successes_are_given_back() -> None:
    make_agent(email="ada@helpdesk.example")
    assert [try_in(Client(), "ada@helpdesk.example", PASSWORD).status_code for _ in range(12)] == [302] * 12


def test_spellings_of_one_address_share_a_limit(client: Client) -> None:
    for spelling in ("ada@helpdesk.example", "ADA@helpdesk.example", "ａｄａ@helpdesk.example") * 4:
        last = try_in(client, spelling, "wrong")
    assert last.status_code == 429


def test_the_limits_are_the_agreed_ones() -> None:
    assert (signing_in.PER_KEY_AND_IP.count, signing_in.PER_KEY_AND_IP.seconds) == (10, 15 * 60)
    assert (signing_in.PER_KEY.count, signing_in.PER_KEY.seconds) == (100, 24 * 3600)
    assert (signing_in.PER_IP.count, signing_in.PER_IP.seconds) == (100, 15 * 60)


def test_too_many_tries_a_day_lock_the_key_wherever_they_come_from(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_in, "PER_KEY", throttling.Limit("signin.key", 3, 24 * 3600))
    for number in range(3):
        try_in(client, "ada@helpdesk.example", "wrong", ip=f"203.0.113.{number}")
    assert try_in(client, "ada@helpdesk.example", "wrong", ip="198.51.100.1").status_code == 429
    assert signing_in.is_locked_out("ada@helpdesk.example")


def test_refused_tries_do_not_lock_the_key_for_the_day(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "PER_KEY", throttling.Limit("signin.key", 11, 24 * 3600))
    for _ in range(12):
        try_in(client, "ada@helpdesk.example", "wrong")
    assert not signing_in.is_locked_out("ada@helpdesk.example")


def test_one_visitor_has_so_many_tries_over_all_addresses(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "PER_IP", throttling.Limit("signin.ip", 3, 15 * 60))
    for number in range(3):
        assert try_in(client, f"someone{number}@helpdesk.example", "wrong").status_code == 200
    assert try_in(client, "another@helpdesk.example", "wrong").status_code == 429
    assert try_in(client, "another@helpdesk.example", "wrong", ip="198.51.100.1").status_code == 200


def test_a_forwarded_header_is_not_believed_without_proxies(client: Client) -> None:
    for number in range(11):
        answer = client.post(
            "/login/",
            {"email": "a@helpdesk.example", "password": "x"},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )
    assert answer.status_code == 429


@pytest.mark.parametrize(
    ("ip", "network"), [("203.0.113.5", "203.0.113.5/32"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
)
def test_an_ipv6_visitor_is_their_network(ip: str, network: str) -> None:
    assert signing_in.network_of(ip) == network


@pytest.mark.parametrize("password", ["x" * (LONGEST + 1), "nul\x00", "half \ud800"])
def test_passwords_nobody_can_have_are_not_hashed(password: str) -> None:
    assert not is_hashable(password)


@pytest.mark.parametrize(
    "typed", ["nul\x00@helpdesk.example", "x" * 900, "a" * 2000 + "@b.example", "\u212aelvin@b.example"]
)
@pytest.mark.parametrize("password", ["wrong", "nul\x00", "x" * 100_000])
def test_nothing_typed_breaks_the_door(client: Client, typed: str, password: str) -> None:
    assert try_in(client, typed, password).status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/profile/", "/profile/"),
        ("https://evil.example/", None),
        ("//evil.example/", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_next_leads_to_our_own_pages_only(rf: Any, wanted: str, led: str | None) -> None:
    request: HttpRequest = rf.post("/login/", {"next": wanted})
    assert signing_in.next_of(request) == led


def test_knowing_the_password_is_limited_too() -> None:
    agent = make_agent()
    assert signing_in.knows_password(agent, PASSWORD)
    assert not any(signing_in.knows_password(agent, "wrong") for _ in range(10))
    assert not signing_in.knows_password(agent, PASSWORD)


def test_giving_back_never_falls_below_nothing() -> None:
    throttling.give_back(signing_in.PER_KEY, "nobody")
    assert throttling.consume(signing_in.PER_KEY, "nobody")
