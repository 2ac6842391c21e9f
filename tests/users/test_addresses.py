"""One key for everything people may type as an email address (PRODUCT 3.1)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from helpdesk.users import addresses
from helpdesk.users.addresses import AddressError, address_key, clean_address, display, domain_of

ATEXT = "abcXYZ019!#$%&'*+/=?^_`{|}~-"
locals_ = st.lists(st.text(ATEXT, min_size=1, max_size=12), min_size=1, max_size=4).map(".".join)
labels = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9-]{0,8}[A-Za-z0-9])?", fullmatch=True).filter(
    lambda label: not label.lower().startswith("xn--")
)
domains = st.builds(
    lambda names, top: ".".join([*names, top]),
    st.lists(labels, min_size=1, max_size=3),
    st.sampled_from(["com", "KR", "example"]),
)
plain = st.builds("{}@{}".format, locals_, domains)
hangul = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=6)
lookalikes = st.text(st.sampled_from("kKisS1@.ıſİªº①²ﬀKａｋ．。＠\u200b\xa0 -"), min_size=1, max_size=12)


def refusal(typed: str) -> object:
    with pytest.raises(AddressError) as caught:
        address_key(typed)
    return caught.value.message


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("kim@acme.com", "kim@acme.com"),
        ("  Kim@ACME.com \r\n", "kim@acme.com"),
        ("\u3000kim@acme.com\u3000", "kim@acme.com"),
        ("kim\u200b@ac\ufeffme.com\u2060", "kim@acme.com"),
        ("\u202akim@acme.com\u202c", "kim@acme.com"),
        ("\xa0kim@acme.com\u202f", "kim@acme.com"),
        ("kim@\xa0acme.com", "kim@acme.com"),
        ("ｋｉｍ＠ａｃｍｅ．ｃｏｍ", "kim@acme.com"),
        ("kim@acme。com", "kim@acme.com"),
        ("kim@acme｡com", "kim@acme.com"),
        ("kim@acme.com.", "kim@acme.com"),
        ("o'brien+news/a=b@acme.co.kr", "o'brien+news/a=b@acme.co.kr"),
        ("kim@한국.kr", "kim@xn--3e0b707e.kr"),
        ("kim@XN--3E0B707E.KR", "kim@xn--3e0b707e.kr"),
        ("kim@" + unicodedata.normalize("NFD", "한국.한국"), "kim@xn--3e0b707e.xn--3e0b707e"),
        ("kim@BÜCHER.de", "kim@xn--bcher-kva.de"),
        ("kim@bu\u0308cher.de", "kim@xn--bcher-kva.de"),
        ("kim@faß.de", "kim@xn--fa-hia.de"),
        ("kim@ab--cd.com", "kim@ab--cd.com"),
        ("a" * 64 + "@acme.com", "a" * 64 + "@acme.com"),
    ],
)
def test_gives_one_key_to_every_way_of_typing_an_address(typed: str, key: str) -> None:
    assert address_key(typed) == key


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", addresses.EMPTY),
        (" \u200b\xa0 ", addresses.EMPTY),
        ("kim", addresses.ONE_ADDRESS),
        ("@acme.com", addresses.ONE_ADDRESS),
        ("kim@", addresses.ONE_ADDRESS),
        ("kim@acme.com, lee@acme.com", addresses.ONE_ADDRESS),
        ("kim＠lee@acme.com", addresses.ONE_ADDRESS),
        ("kim@acme.com\x00", addresses.STRANGE_CHARACTERS),
        ("ki\x07m@acme.com", addresses.STRANGE_CHARACTERS),
        ("ki\nm@acme.com", addresses.STRANGE_CHARACTERS),
        ("\ud800kim@acme.com", addresses.STRANGE_CHARACTERS),
        ("kim@ac\udfffme.com", addresses.STRANGE_CHARACTERS),
        ("mi\u212ae@example.com", addresses.LOCAL_NOT_ASCII),
        ("m\u0131ke@example.com", addresses.LOCAL_NOT_ASCII),
        ("\u017fam@example.com", addresses.LOCAL_NOT_ASCII),
        ("김@example.com", addresses.LOCAL_NOT_ASCII),
        ("kim。min@example.com", addresses.LOCAL_NOT_ASCII),
        ("kim\u202e@example.com", addresses.LOCAL_NOT_ASCII),
        ("kim\ufe6bexample.com@acme.com", addresses.LOCAL_NOT_ASCII),
        ('"kim"@acme.com', addresses.LOCAL_INVALID),
        ("kim min@acme.com", addresses.LOCAL_INVALID),
        ("kim..min@acme.com", addresses.LOCAL_INVALID),
        (".kim@acme.com", addresses.LOCAL_INVALID),
        ("kim.@acme.com", addresses.LOCAL_INVALID),
        ("Kim <kim@acme.com>", addresses.LOCAL_INVALID),
        ("mailto:kim@acme.com", addresses.LOCAL_INVALID),
        ("kim@localhost", addresses.DOMAIN_INVALID),
        ("kim@.", addresses.DOMAIN_INVALID),
        ("kim@acme.com..", addresses.DOMAIN_INVALID),
        ("kim@acme..com", addresses.DOMAIN_INVALID),
        ("kim@-acme.com", addresses.DOMAIN_INVALID),
        ("kim@acme_kr.com", addresses.DOMAIN_INVALID),
        ("kim@acme.c", addresses.DOMAIN_INVALID),
        ("kim@127.0.0.1", addresses.DOMAIN_INVALID),
        ("kim@[127.0.0.1]", addresses.DOMAIN_INVALID),
        ("kim@ac me.com", addresses.DOMAIN_INVALID),
        ("kim@ acme.com", addresses.DOMAIN_INVALID),
        ("kim @acme.com", addresses.LOCAL_INVALID),
        ("kim@\u3000acme.com", addresses.DOMAIN_INVALID),
        ("kim@acme.com/x", addresses.DOMAIN_INVALID),
        ("kim@\u212aorea.com", addresses.DOMAIN_INVALID),
        ("kim@\u017fam.com", addresses.DOMAIN_INVALID),
        ("kim@acme\u2024com", addresses.DOMAIN_INVALID),
        ("kim@xn--.com", addresses.DOMAIN_INVALID),
        ("kim@xn--abc-.com", addresses.DOMAIN_INVALID),
        ("kim@xn--zzzzzzzzz99999.com", addresses.DOMAIN_INVALID),
        ("kim@" + "a" * 64 + ".com", addresses.DOMAIN_INVALID),
        ("a" * 65 + "@acme.com", addresses.TOO_LONG),
        ("a" * 60 + "@" + "a.".join([""] * 100) + "acme.com", addresses.TOO_LONG),
        ("a@" + "가" * 100_000 + ".kr", addresses.TOO_LONG),
    ],
)
def test_refuses_with_the_reason(typed: str, reason: object) -> None:
    assert refusal(typed) is reason


def test_stores_the_address_as_typed_without_what_nobody_can_see() -> None:
    assert clean_address(" Ｋim.Min\u200b@ACME.com ").stored == "Kim.Min@ACME.com"


def test_stores_a_hangul_domain_as_typed_in_composed_form() -> None:
    assert clean_address("Kim@" + unicodedata.normalize("NFD", "한국.KR")).stored == "Kim@한국.KR"


def test_stores_the_ascii_form_of_a_domain_that_mail_libraries_would_take_for_another() -> None:
    assert clean_address("kim@faß.de").stored == "kim@xn--fa-hia.de"


def test_shows_a_hangul_domain_to_people() -> None:
    assert display("Kim@xn--3e0b707e.kr") == "Kim@한국.kr"
    assert display("kim@acme.com") == "kim@acme.com"
    assert display("kim@xn--zzzzzzzzz99999.com") == "kim@xn--zzzzzzzzz99999.com"


def test_the_domain_of_an_address_is_what_follows_the_at() -> None:
    assert domain_of("kim@acme.co.kr") == "acme.co.kr"


@given(plain)
def test_the_fast_path_gives_the_key_of_the_slow_one(typed: str) -> None:
    assert address_key(typed) == address_key(f" {typed}\u200b")
    assert clean_address(typed) == clean_address(f"\u3000{typed} ")


@given(plain, st.integers(0, 40), st.sampled_from("\u200b\ufeff\xa0\u00ad"))
def test_an_invisible_character_anywhere_changes_nothing(typed: str, at: int, hidden: str) -> None:
    assert clean_address(typed[:at] + hidden + typed[at:]) == clean_address(typed)


@given(locals_, hangul)
def test_both_spellings_of_a_hangul_domain_have_one_key(local: str, name: str) -> None:
    key = address_key(f"{local}@{name}.kr")
    assert key.isascii()
    assert address_key(display(key)) == key


@given(plain | lookalikes.map("a{}@acme.com".format) | lookalikes.map("a@{}.com".format) | st.text())
@example("kim@\u0130.com")
def test_a_key_is_its_own_key_and_never_hides_a_folded_letter(typed: str) -> None:
    try:
        key, stored = clean_address(typed)
    except AddressError:
        return
    assert key.isascii() and key == key.lower() and len(stored) <= len(key) <= 254
    assert clean_address(key).key == key == address_key(stored)
    visible = addresses.strip_invisible(typed).translate({0x3002: ".", 0xFF61: "."}).removesuffix(".")
    assert (visible.isascii() and visible.lower() == key) or "xn--" in key


@given(st.sampled_from([chr(code) for code in range(0x80, 0x30000) if chr(code).lower().isascii()]))
def test_letters_that_lower_case_onto_ascii_are_refused_on_both_sides(letter: str) -> None:
    assert refusal(f"mi{letter}e@example.com") is addresses.LOCAL_NOT_ASCII
    assert refusal(f"mike@exa{letter}e.com") is addresses.DOMAIN_INVALID
