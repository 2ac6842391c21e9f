from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.template import engines
from django.test import override_settings
from django.utils import timezone, translation

from helpdesk.outbox.filling import until_words
from helpdesk.outbox.writing import write

TEXT = """{% extends "letters/base.txt" %}{% block subject %}[{{ helpdesk_name }}] For
{{ name }}{% endblock %}{% block body %}Hello {{ name }},



open {{ link }}
until {{ until }} ({{ moment|date:"H:i" }}).{% endblock %}"""
HTML = """{% extends "letters/base.html" %}{% block content %}<p>Hello {{ name }}</p>
{% include "letters/_button.html" with url=link text=name %}{% endblock %}"""
NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "letters" / "tests"
    folder.mkdir(parents=True)
    (folder / "hello.txt").write_text(TEXT)
    (folder / "hello.html").write_text(HTML)
    engine = engines["django"].engine  # type: ignore[attr-defined]
    monkeypatch.setattr(engine, "dirs", [*engine.dirs, tmp_path])
    for loader in engine.template_loaders:
        loader.reset()


@override_settings(HELPDESK_NAME="Acme Help")
def test_writes_subject_text_and_html_that_say_the_same() -> None:
    written = write("tests/hello", {"name": "A & B", "moment": NOON}, language="en", time_zone="Asia/Seoul")
    assert written.subject == "[Acme Help] For A & B"
    assert written.text.startswith("Hello A & B,\n\nopen https://link.invalid/secret\nuntil [[until]] (12:00).")
    assert "Hello A &amp; B" in written.html
    assert '<html lang="en"' in written.html
    assert '<a class="button" href="https://link.invalid/secret"' in written.html
    assert "<title>[Acme Help] For A &amp; B</title>" in written.html


def test_speaks_the_recipients_language_and_leaves_the_callers_alone() -> None:
    with translation.override("en"), timezone.override("UTC"):
        written = write("tests/hello", {"name": "김민준", "moment": NOON}, language="ko", time_zone="Asia/Seoul")
        assert (translation.get_language(), timezone.get_current_timezone_name()) == ("en", "UTC")
    assert '<html lang="ko"' in written.html
    assert "(12:00)" in written.text


@override_settings(LANGUAGE_CODE="ko", TIME_ZONE="Asia/Seoul")
def test_unknown_languages_and_zones_become_the_helpdesks() -> None:
    written = write("tests/hello", {"name": "x", "moment": NOON}, language="", time_zone="Mars/Base")
    assert '<html lang="ko"' in written.html
    assert "(12:00)" in written.text


@pytest.mark.parametrize(
    ("language", "zone", "words"),
    [
        ("ko", "Asia/Seoul", "2026년 11월 29일(일) 오후 3:05"),
        ("ko", "UTC", "2026년 11월 29일(일) 오전 6:05 (UTC)"),
        ("en", "Asia/Seoul", "Sun 29 Nov 2026, 15:05 (Asia/Seoul)"),
    ],
)
def test_says_when_a_link_ends(language: str, zone: str, words: str) -> None:
    assert until_words(datetime(2026, 11, 29, 6, 5, tzinfo=UTC), language, zone) == words
