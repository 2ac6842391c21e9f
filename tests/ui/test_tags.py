"""What the tags of every template write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import timezone, translation

from helpdesk.ui.templatetags.ui import initials

NOON = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)


def write(source: str, address: str = "/contacts/?view=all&q=a%26b", **context: object) -> str:
    return Template(source).render(Context({"request": RequestFactory().get(address), **context}))


@pytest.mark.parametrize(
    ("language", "filtered", "expected"),
    [
        ("en", "listed", "2026-11-22 15:05"),
        ("ko", "listed", "2026-11-22 15:05"),
        ("en", "spoken", "Sun 22 Nov 2026, 15:05"),
        ("ko", "spoken", "2026년 11월 22일(일) 오후 3:05"),
        ("en", "brief", "15:05"),
    ],
)
def test_moments_in_the_readers_zone_and_language(language: str, filtered: str, expected: str) -> None:
    with time_machine.travel(NOON), timezone.override("Asia/Seoul"), translation.override(language):
        assert write(f"{{{{ moment|{filtered} }}}}", moment=NOON) == expected


def test_brief_shows_the_date_of_another_day() -> None:
    with time_machine.travel(NOON), timezone.override("Asia/Seoul"):
        assert write("{{ moment|brief }}", moment=NOON - timedelta(hours=16)) == "2026-11-21"


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5, seconds=9), "5\xa0minutes ago"),
        (timedelta(days=3), "2026-11-19 15:05"),
    ],
)
def test_ago(age: timedelta, expected: str) -> None:
    with time_machine.travel(NOON, tick=False), timezone.override("Asia/Seoul"), translation.override("en"):
        assert f">{expected}</time>" in write("{{ moment|ago }}", moment=NOON - age)


@pytest.mark.parametrize("filtered", ["listed", "spoken", "brief", "ago"])
def test_no_moment_is_nothing(filtered: str) -> None:
    assert write(f"{{{{ moment|{filtered} }}}}", moment=None) == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Amelia Hughes", "AH"),
        ("김민준", "김"),
        ("liam", "L"),
        ("Ana de la Cruz", "AC"),
        ("", "?"),
        ("☎ ☎", "?"),
        ("O’Connor, Liam", "OL"),
    ],
)
def test_initials(name: str, expected: str) -> None:
    assert initials(name) == expected


def test_an_avatar_keeps_its_colour_and_escapes_its_letters() -> None:
    assert write('{% avatar "김민준" %}') == write('{% avatar "김민준" %}')
    assert "<b>" not in write("{% avatar name %}", name="<b>")


def test_a_badge_escapes_its_words_and_knows_its_kinds() -> None:
    assert write("{% badge 'success' text %}", text="<b>") == '<span class="badge badge-success">&lt;b&gt;</span>'
    with pytest.raises(TemplateSyntaxError):
        write("{% badge 'purple' 'Hm' %}")


def test_query_changes_what_it_names_and_keeps_the_rest() -> None:
    assert write('{% query view="blocked" cursor="" %}') == "?view=blocked&amp;q=a%26b"
    assert write('{% query view="" q="" %}') == "/contacts/"


def test_here_marks_the_open_part_of_the_site() -> None:
    assert write('<a{% here "/contacts/" %}>') == '<a aria-current="page">'
    assert write('<a{% here "/companies/" %}>') == "<a>"


def test_every_form_gets_an_id_of_its_own() -> None:
    assert write("{% form_id %}") != write("{% form_id %}")


def test_an_icon_is_skipped_by_screen_readers() -> None:
    assert 'aria-hidden="true"' in write('{% lucide "mail" size=16 %}')


@pytest.mark.parametrize(
    ("phone", "expected"),
    [("010-1234-5678", "01012345678"), ("+44 20 7946 0991", "+442079460991"), ("02-1234-5678~9", "02123456789")],
)
def test_a_phone_is_a_link_that_dials_it(phone: str, expected: str) -> None:
    assert write("{{ phone|call }}", phone=phone) == f'<a href="tel:{expected}">{phone}</a>'
    assert write("{{ phone|call:shown }}", phone=phone, shown="<b>") == f'<a href="tel:{expected}">&lt;b&gt;</a>'


@pytest.mark.parametrize("phone", ["대표번호로 문의", "+", "<call me>", ""])
def test_a_phone_without_digits_is_no_link(phone: str) -> None:
    assert write("{{ phone|call }}", phone=phone) == phone.replace("<", "&lt;").replace(">", "&gt;")
