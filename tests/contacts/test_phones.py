"""Phone numbers: the key to compare, the form to show, the digits to find (PRODUCT 3.14)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts import phones
from contacts.phones import format_phone, phone_key, search_forms

phonelike = st.text("0123456789+-.() ~/x,#*내선ext٣０", max_size=24)
anything = st.text() | phonelike


@pytest.mark.parametrize(
    "typed",
    ["010-1234-5678", "01012345678", "010 1234 5678", "010.1234.5678", "+82 10-1234-5678", "+82-010-1234-5678",
     "+82 (0)10 1234 5678", "82-10-1234-5678", "０１０－１２３４－５６７８", " 010-1234-5678 "],
)  # fmt: skip
def test_every_way_of_typing_a_mobile_number_has_one_key_and_one_form(typed: str) -> None:
    assert phone_key(typed, "KR") == "821012345678"
    assert format_phone(typed, "KR") == "010-1234-5678"
    assert search_forms(typed, "KR") == {"01012345678", "821012345678"}


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("021234567", "02-123-4567"),
        ("02)1234-5678", "02-1234-5678"),
        ("0311234567", "031-123-4567"),
        ("+82 31 1234 5678", "031-1234-5678"),
        ("15881234", "1588-1234"),
        ("+82 1588-1234", "1588-1234"),
        ("050412345678", "0504-1234-5678"),
        ("+82 504 1234 5678", "0504-1234-5678"),
        ("(0505)123-4567", "0505-123-4567"),
        ("07012345678", "070-1234-5678"),
        ("0801234567", "080-123-4567"),
        ("0112345678", "011-234-5678"),
        ("+1 (650) 253-0000", "+1 650-253-0000"),
        ("001-1-650-253-0000", "+1 650-253-0000"),
        ("+81312345678", "+81 3-1234-5678"),
    ],
)
def test_shows_the_national_form_at_home_and_the_international_one_otherwise(typed: str, shown: str) -> None:
    assert format_phone(typed, "KR") == shown


def test_home_is_the_region_of_the_helpdesk() -> None:
    assert format_phone("+82 504 1234 5678", "US") == "+82 504-1234-5678"
    assert format_phone("+82-10-1234-5678", "US") == "+82 10-1234-5678"
    assert format_phone("650 253 0000", "US") == "(650) 253-0000"
    assert phone_key("650 253 0000", "US") == "16502530000"


@pytest.mark.parametrize(
    ("typed", "key", "forms"),
    [
        ("031-123-4567 내선 12", "82311234567x12", {"0311234567", "82311234567"}),
        ("031-123-4567(내선: 12)", "82311234567x12", {"0311234567", "82311234567"}),
        ("02-1234-5678 ext. 12", "82212345678x12", {"0212345678", "82212345678"}),
        ("02-1234-5678~9", "02123456789", {"02123456789", "0212345678", "82212345678"}),
        ("02-1234-5678, 010-1111-2222", "021234567801011112222",
         {"021234567801011112222", "0212345678", "82212345678", "01011112222", "821011112222"}),
        ("010-1234-5678 (휴대폰)", "01012345678", {"01012345678", "821012345678"}),
        ("0303-123-4567", "03031234567", {"03031234567"}),
        ("650-253-0000", "6502530000", {"6502530000"}),
        ("112", "112", {"112"}),
        ("없음", "", set()),
        ("", "", set()),
        ("\x00\ud800", "", set()),
    ],
)  # fmt: skip
def test_what_is_not_one_plain_number_is_shown_as_typed_and_found_by_its_numbers(
    typed: str, key: str, forms: set[str]
) -> None:
    assert format_phone(typed, "KR") == typed
    assert phone_key(typed, "KR") == key
    assert search_forms(typed, "KR") == forms


def test_an_extension_is_another_person_than_the_switchboard() -> None:
    assert len({phone_key(f"02-123-4567 내선 {n}", "KR") for n in range(9)} | {phone_key("02-123-4567", "KR")}) == 10
    assert phone_key("02-123-4567 내선 8", "KR") != phone_key("02-1234-5678", "KR")


@settings(max_examples=200, deadline=None)  # the library loads its tables at the first question
@given(st.from_regex(phones._korean, fullmatch=True, alphabet=st.characters(codec="ascii")))
def test_the_fast_path_for_korean_numbers_gives_the_answer_of_the_library(typed: str) -> None:
    match = phones._korean.fullmatch(typed)
    assert match
    assert phones._korean_phone(**match.groupdict()) == phones._parsed.__wrapped__(typed, "KR")


@pytest.mark.parametrize(
    "typed", ["010-1234-5678", "01098765432", "02-123-4567", "031 123 4567", "+82-64-123-4567", "0504-1234-5678"]
)
def test_common_korean_numbers_take_the_fast_path(typed: str) -> None:
    assert phones._korean.fullmatch(typed)


@settings(deadline=None)
@given(anything, st.sampled_from(["KR", "US", "JP", "", "??"]))
def test_no_text_is_too_strange(typed: str, region: str) -> None:
    key, shown, forms = phone_key(typed, region), format_phone(typed, region), search_forms(typed, region)
    assert len(key) <= phones.KEY_LENGTH
    assert key == "" or (key.replace("x", "").isascii() and key.replace("x", "").isdecimal())
    assert all(form.isascii() and form.isdecimal() and 2 < len(form) <= phones.KEY_LENGTH for form in forms)
    assert shown == typed or phone_key(shown, region) == key


def test_a_whole_file_in_the_cell_is_kept() -> None:
    typed = "010-1234-5678, " * 10_000
    assert format_phone(typed, "KR") == typed
    assert "821012345678" in search_forms(typed, "KR")
    assert len(phone_key(typed, "KR")) == phones.KEY_LENGTH
