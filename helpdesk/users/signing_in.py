"""Signing in, at whichever door: limits first, then the password, then allauth's further stages (MFA).

Nothing here tells a known address from an unknown one: both are counted, both cost one password hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import Literal

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from helpdesk.users.addresses import AddressError, address_key
from helpdesk.users.models import User
from helpdesk.users.network import client_ip
from helpdesk.users.passwords import is_hashable
from helpdesk.users.returning import own_page
from helpdesk.users.throttling import Limit, consume, give_back, is_used_up

PER_IP = Limit("signin.ip", 100, 15 * 60)
PER_KEY_AND_IP = Limit("signin.key_ip", 10, 15 * 60)
PER_KEY = Limit("signin.key", 100, 24 * 3600)
LETTERS_PER_IP = Limit("letters.ip", 20, 3600)
PER_USER = Limit("signin.again", 10, 15 * 60)


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: `response` leads on (home, `next`, or the MFA page); None when it failed.

    `status` is for the page of a failure: 200 for every cause alike, 429 when there were too many.
    """

    response: HttpResponseBase | None
    status: Literal[200, 429] = 200

    @property
    def is_throttled(self) -> bool:
        return self.status == 429


def attempt(request: HttpRequest, typed_email: str, password: str) -> Outcome:
    """Sign in whoever has this address and password; the session's key changes with it."""
    counted = _subjects(request, typed_email)
    if not all(consume(limit, subject) for limit, subject in counted):
        return Outcome(None, status=429)
    user = authenticate(request, email=typed_email, password=password)
    if user is None:
        return Outcome(None)
    for limit, subject in counted:
        give_back(limit, subject)
    login = Login(user=user, redirect_url=next_of(request))
    return Outcome(perform_password_login(request, {}, login))


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
