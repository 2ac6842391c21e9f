"""Whole words of somebody, in texts however they are written."""

from __future__ import annotations

import json
from urllib.parse import quote, quote_plus

import pytest
from django.utils.html import escape

from helpdesk.users.mentions import Mentions

WAYS = [
    str,
    json.dumps,
    quote,
    quote_plus,
    escape,
    lambda text: json.dumps(escape(text)),
    lambda text: quote(escape(text)),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "text",
    ["Kim", "hello KIM!", "“Kim”", "a_kim.csv", "Kim님에게", "김철수에게", "😀김철수", "O'Quillan & Co", "kim@acme.example.", "mail\nkim@acme.example", "Ärger"],
)  # fmt: skip
def test_words_are_found_as_text_json_address_and_html(text: str, way: object) -> None:
    mentions = Mentions(["Kim", "김철수", "O'Quillan & Co", "ärger"], ["kim@acme.example"])
    assert mentions.are_in(way(text))  # type: ignore[operator]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "text",
    ["", "Kimberly", "Sakim", "kim1", "김철", "minlee@acme.example", "lee@acme.example.kr", "10000", "Ärgerlich"],
)  # fmt: skip
def test_parts_of_longer_words_are_not(text: str, way: object) -> None:
    mentions = Mentions(["Kim", "김철수", "1000", "ärger"], ["lee@acme.example"])
    assert not mentions.are_in(way(text))  # type: ignore[operator]


def test_nobody_is_mentioned_anywhere() -> None:
    assert not Mentions([], []).are_in("anything")
    assert not Mentions([""], [""]).are_in("anything")


def test_replacing_spares_the_rest() -> None:
    mentions = Mentions(["Kim", "A & B"], ["kim@acme.example"])
    text = "Kim, kimchi, A & B, <b>A &amp; B</b>, KIM@acme.example, minkim@acme.example"
    assert mentions.replaced(text, "[x]") == "[x], kimchi, [x], <b>[x]</b>, [x], minkim@acme.example"


def test_a_hundred_thousand_characters_take_no_time() -> None:
    assert not Mentions(["Kim" * 20], ["kim@acme.example"]).are_in("a@" * 50_000 + "\\u12" * 1000)
