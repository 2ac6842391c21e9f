"""Somebody at the helpdesk without a browser: a session over plain HTTP, forms with their tokens."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from collections.abc import Iterable
from http.cookiejar import CookieJar

from tests.patience import PATIENCE

CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Visitor:
    """One session at the helpdesk under `base`."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        with self._opener.open(self.base + path, timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def post(self, path: str, fields: Iterable[tuple[str, str]], *, form_at: str) -> str:
        """Submit `fields` with the token of the page at `form_at`; the page it led to."""
        token = CSRF.findall(self.get(form_at))[0]
        data = urllib.parse.urlencode([("csrfmiddlewaretoken", token), *fields]).encode()
        with self._opener.open(self.base + path, data=data, timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def sign_in(self, email: str, password: str) -> None:
        self.post("/login/", [("email", email), ("password", password)], form_at="/login/")
