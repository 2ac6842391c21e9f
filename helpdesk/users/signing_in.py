"""Signing in, at whichever door: limits first, then the password, then allauth's further stages (MFA).

Nothing here tells a known address from an unknown one: both are counted, both cost one password hash.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network
from typing import Literal

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.stagekit import clear_login, unstash_login
from allauth.account.models import Login
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare

from helpdesk.users.addresses import AddressError, address_key
from helpdesk.users.models import User
from helpdesk.users.network import client_ip
from helpdesk.users.passwords import is_hashable
from helpdesk.users.returning import own_page
from helpdesk.users.throttling import Limit, consume, forget, give_back, is_used_up, tried, used_up_until

PER_IP = Limit("signin.ip", 100, 15 * 60)
PER_KEY_AND_IP = Limit("signin.key_ip", 10, 15 * 60)
PER_KEY = Limit("signin.key", 100, 24 * 3600)
LETTERS_PER_IP = Limit("letters.ip", 20, 3600)
PER_USER = Limit("signin.again", 10, 15 * 60)
BEGUN_UNDER = "begun_under"
"""What a sign-in between its steps remembers: the session hash of the moment the password was right."""


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: `response` leads on (home, `next`, or the MFA page); None when it failed.

    `status` is for the page of a failure: 200 for every cause alike, 429 when there were too many. `is_lock_out`: this
    was the first of an address to be one too many, so it is worth a line in the record.
    """

    response: HttpResponseBase | None
    status: Literal[200, 429] = 200
    is_lock_out: bool = False

    @property
    def is_throttled(self) -> bool:
        return self.status == 429


def attempt(request: HttpRequest, typed_email: str, password: str) -> Outcome:
    """Sign in whoever has this address and password; the session's key changes with it."""
    counted = _subjects(request, typed_email)
    for limit, subject in counted:
        if (tries := tried(limit, subject)) > limit.count:
            return Outcome(None, status=429, is_lock_out=limit is not PER_IP and tries == limit.count + 1)
    user = authenticate(request, email=typed_email, password=password)
    if user is None:
        return Outcome(None)
    for limit, subject in counted:
        give_back(limit, subject)
    login = Login(user=user, redirect_url=next_of(request), state={BEGUN_UNDER: user.get_session_auth_hash()})
    return Outcome(perform_password_login(request, {}, login))


def drop_overtaken(request: HttpRequest) -> None:
    """Forget a half-finished sign-in whose password is no longer the one, or whose sessions were ended since."""
    login = unstash_login(request, peek=True)
    if login is None or not isinstance(login.user, User):
        return
    if not constant_time_compare(login.state.get(BEGUN_UNDER, ""), login.user.get_session_auth_hash()):
        clear_login(request)


def next_of(request: HttpRequest) -> str | None:
    """Where the person wanted to go (`next`), if that is a page of ours."""
    return own_page(request, request.POST.get("next") or request.GET.get("next") or "") or None


def knows_password(user: User, password: str) -> bool:
    """Whether somebody signed in as `user` types their password; False too after ten wrong ones in a quarter of an hour."""
    if not is_hashable(password) or not consume(PER_USER, str(user.pk)) or not user.check_password(password):
        return False
    give_back(PER_USER, str(user.pk))
    return True


def may_ask_for_letter(request: HttpRequest) -> bool:
    """Count one more letter (reset, activation) that a visitor from here causes; False when it is one too many."""
    return consume(LETTERS_PER_IP, network_of(client_ip(request)))


def is_locked_out(key: str) -> bool:
    """Whether the address with this key has used up its tries of the day, wherever they came from."""
    return is_used_up(PER_KEY, key)


def locked_until(keys: Collection[str], ips: Collection[str]) -> datetime | None:
    """When the addresses with these keys may try again, from anywhere or from these IPs; None where they may now."""
    ends = (used_up_until(PER_KEY, *keys), used_up_until(PER_KEY_AND_IP, *_pairs(keys, ips)))
    return max((end for end in ends if end), default=None)


def unlock(keys: Collection[str], ips: Collection[str]) -> bool:
    """Let them try again at once; False where nothing kept them from it."""
    return bool(forget(PER_KEY, *keys) + forget(PER_KEY_AND_IP, *_pairs(keys, ips)))


def _pairs(keys: Collection[str], ips: Collection[str]) -> list[str]:
    return [f"{key} {network_of(ip)}" for key in keys for ip in ips]


def network_of(ip: str) -> str:
    """What one visitor can easily have: an IPv4 address, or an IPv6 network of 64 bits."""
    return str(ip_network(f"{ip}/{64 if ':' in ip else 32}", strict=False))


def _subjects(request: HttpRequest, typed_email: str) -> list[tuple[Limit, str]]:
    """Narrow limits first: tries refused by one do not use up the next, so nobody is locked out cheaply."""
    key, network = _key_or_text(typed_email), network_of(client_ip(request))
    return [(PER_IP, network), (PER_KEY_AND_IP, f"{key} {network}"), (PER_KEY, key)]


def _key_or_text(typed: str) -> str:
    try:
        return address_key(typed)
    except AddressError:
        return typed
