from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms

from helpdesk.ui.widgets import LongSelect

CHOICES = [("", "Home"), ("Asia/Seoul", "Asia/Seoul"), ('a"b', "<b>&</b>"), ("Asia/Seoul2", "x")]


class Parsed(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Any] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, sorted((name, value or "") for name, value in attrs)))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append(data.strip())


@pytest.mark.parametrize("value", ["", None, "Asia/Seoul", 'a"b', "nowhere"])
def test_is_the_menu_that_django_draws(value: str | None) -> None:
    attrs = {"id": "id_zone", "class": "form-select", "required": True}
    ours = LongSelect(choices=CHOICES).render("zone", value, attrs)
    theirs = forms.Select(choices=CHOICES).render("zone", value, attrs)
    assert Parsed(ours).found == Parsed(theirs).found
