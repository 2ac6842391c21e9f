"""How names sort, and which text no form takes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.ui.sorting import NAME_KEY_LENGTH, has_forbidden, name_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Kim Minjun", "kim minjun"),
        ("  KIM\u3000 \t Minjun\n", "kim minjun"),
        ("Ｋｉｍ", "kim"),
        ("Straße", "strasse"),
        (unicodedata.normalize("NFD", "김민준"), "김민준"),
        ("㈜한빛", "(주)한빛"),
        ("", ""),
    ],
)
def test_a_name_sorts_without_case_width_composition_and_extra_spaces(name: str, key: str) -> None:
    assert name_key(name) == key


def test_names_sort_as_people_expect_in_bytes() -> None:
    names = ["나은", "bob", "Álvaro", "가영", "Alice", "다현", "alan"]
    assert sorted(names, key=lambda name: name_key(name).encode()) == [
        "alan", "Alice", "bob", "Álvaro", "가영", "나은", "다현",
    ]  # fmt: skip


@given(st.text(max_size=30) | st.sampled_from(["\ufdfa" * 200, "a " * 300, "가" * 999]))
def test_a_key_fits_its_column_and_is_its_own_key(name: str) -> None:
    key = name_key(name)
    assert len(key) <= NAME_KEY_LENGTH
    assert key == " ".join(key.split())
    assert key.casefold() == key or name_key(key) == key


@given(st.text())
def test_case_and_composition_never_matter(name: str) -> None:
    assert name_key(unicodedata.normalize("NFD", name)) == name_key(name)
    assert name_key(unicodedata.normalize("NFKC", name).casefold()) == name_key(name)


@pytest.mark.parametrize("bad", ["\x00", "\x07", "\x0b", "\x1b", "\x7f", "\x85", "\ud800", "\udfff"])
def test_forms_refuse_what_a_database_or_an_encoding_cannot_hold(bad: str) -> None:
    assert has_forbidden(f"Kim{bad}Minjun")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\t\r\n")))
def test_forms_take_every_other_text(text: str) -> None:
    assert not has_forbidden(text)
    assert text.encode().decode() == text
