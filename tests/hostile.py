"""What nobody types by accident, and the forms of a page to type it into."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

HOSTILE = {
    "nothing": "",
    "nul": "a\x00b",
    "control": "a\x1b\x07b",
    "over-long": "a" * 5000,
    "long address": "a" * 300 + "@" + "b" * 300 + ".kr",
    "kelvin": "mi\u212ae@example.com",
    "expanding": "\ufdfa" * 200,  # NFKC makes eighteen characters of each
    "four bytes": "\U0001f642" * 200,
    "lines": "a\r\nBcc: b@example.com\r\n",
    "markup": "<script>'\"&%(name)s{name}{{ name }}</script>",
    "override": "\u202eevil",
    "big": "9" * 30,
    "beyond": str(2**63),
    "negative": "-1",
    "digits": "\u0661\u0662",
    "wild": "%_\\%",
    "phone": "0" * 60,
    "list": "[]",
}
BY_THEMSELVES = ("nothing", "nul", "over-long", "four bytes", "big", "beyond", "negative", "digits", "lines")
"""Kinds that may each break what reads them; the others are text like any other, tried together."""


def mixed(names: Iterable[str]) -> Iterator[dict[str, str]]:
    """Every name with each kind that is not tried by itself: at first, the first name with the first kind, and so on."""
    kinds = [kind for kind in HOSTILE if kind not in BY_THEMSELVES]
    for turn in range(len(kinds)):
        yield {name: HOSTILE[kinds[(place + turn) % len(kinds)]] for place, name in enumerate(names)}


HALF_A_CHARACTER = b"a\xed\xa0\x80b"
"""A lone surrogate, as a browser would never send it."""

ONE_BY_ONE = ("over-long",)
ALL_AT_ONCE = ("nothing", "nul", "markup", "expanding")
"""What each field is given while the others are as they were, and what all are given."""


@dataclass
class Form:
    """A form of a page: where it goes, and what it would send untouched."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[str, ...]:
        """The same for the same form about somebody else."""
        return (re.sub(r"[0-9]+", "0", self.action), self.method, *sorted(self.fields))

    def attacks(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """What to send instead: each field with each hostile text, and all fields at once."""
        for kind in ALL_AT_ONCE:
            yield f"all: {kind}", {**dict.fromkeys(self.fields, HOSTILE[kind]), "form_id": ""}
        for name in self.fields:
            for kind in ONE_BY_ONE:
                yield f"{name}: {kind}", {**self.fields, name: HOSTILE[kind]}
            yield f"{name}: missing", {other: value for other, value in self.fields.items() if other != name}


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.found: list[Form] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("action") or self.address, given.get("method", "get").lower()))
        if tag == "select":
            self._select = given.get("name", "")
        if not self.found:
            return
        fields = self.found[-1].fields
        if tag in ("input", "textarea", "button", "select") and given.get("name"):
            fields.setdefault(given["name"], [])
            if given.get("value"):
                fields[given["name"]].append(given["value"])
        if tag == "option" and "selected" in given and self._select:
            fields[self._select] = [given.get("value", "")]


def forms_of(page: str, address: str) -> list[Form]:
    """The forms of a page. A field of no form is counted to the one before it, as good a place as any."""
    reader = _Reader(address)
    reader.feed(page)
    return reader.found
