"""Phone numbers: the key to compare, the form to show, the digits to find (PRODUCT 3.14).

A number is trusted only when phonenumberslite calls it valid for its country; everything else
("내선 번호 문의", two numbers in one cell, 02-1234-5678~9) is kept, shown and found as typed.
Nothing here raises, whatever the text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneNumberFormat

KEY_LENGTH = 40  # of a key: E.164 has 15 digits, what does not parse may have more
TYPED_LENGTH = 250  # what is longer is not parsed (the library's own limit)

# The shapes almost every Korean number has, answered without the library: 010, area codes, 070,
# 050x. A property test holds them equal to its answers (but for the grouping of 050x).
_korean = re.compile(
    r"(?:0|\+82[-. ]?)"
    r"(?P<area>10(?=[-. ]?(?:[1-46-9]|5(?:[0-8]|9[0-6])))|2|3[1-3]|[46][1-4]|5[1-5]|70(?=[-. ]?[0-9]{4}[-. ]?[0-9]{4}\Z)|50[2-9])[-. ]?"
    r"(?P<middle>[1-9][0-9]{2,3})[-. ]?(?P<last>[0-9]{4})"
)
_digits = re.compile(r"\d")
_extension = re.compile(r"[\s,(]*(?:내선|구내|교환)(?:번호)?[\s:.)]*")
_several = re.compile(r"[,;/|~〜～∼\n]|\s{2,}|[^\W\d_]+")  # between the numbers in a cell: signs, gaps, words
_range = re.compile("[~〜～∼]")


class Phone(NamedTuple):
    """A valid number: country code, the digits as dialled at home and abroad, the form to show."""

    country: int
    national: str
    international: str
    extension: str
    shown_national: str
    shown_international: str


def phone_key(typed: str, region: str) -> str:
    """The digits to compare by: "+82 10-1234-5678" and "010-1234-5678" are "821012345678".

    An extension stays apart behind an x ("82311234567x12"): colleagues are different people. What
    is not valid gives its bare digits, at most KEY_LENGTH of them; "" where there are none.
    """
    if number := _korean_number(typed, region):
        return f"82{number}"
    phone = _phone(typed, region)
    if phone is None:
        return _only_digits(typed)[:KEY_LENGTH]
    return phone.international + (f"x{phone.extension}" if phone.extension else "")


def format_phone(typed: str, region: str) -> str:
    """The number as people at home in `region` write it; exactly as typed where that is unsure."""
    phone = _phone(typed, region)
    if phone is None or phone.extension:
        return typed
    at_home = phone.country == _country(region)
    return phone.shown_national if at_home else phone.shown_international


def search_forms(typed: str, region: str) -> set[str]:
    """Digits that find the number, in national and international form; of each number in the cell."""
    if number := _korean_number(typed, region):
        return {f"0{number}", f"82{number}"}
    phone = _phone(typed, region)
    if phone is not None:
        return {phone.national, phone.international}
    return _forms_of_parts(typed, region)


def _forms_of_parts(typed: str, region: str) -> set[str]:
    forms = {_only_digits(typed)[:KEY_LENGTH]}
    for part in _several.split(typed[:TYPED_LENGTH]):
        phone = _phone(part, region)
        forms |= {phone.national, phone.international} if phone else {_only_digits(part)[:KEY_LENGTH]}
    return {form for form in forms if len(form) > 2}


def _phone(typed: str, region: str) -> Phone | None:
    if region == "KR" and (match := _korean.fullmatch(typed)):
        return _korean_phone(match["area"], match["middle"], match["last"])
    if len(typed) > TYPED_LENGTH or not _digits.search(typed):
        return None
    return _parsed(typed, region)


@lru_cache(maxsize=1024)  # asked for the key, then for the forms
def _korean_number(typed: str, region: str) -> str:
    """The digits behind the zero of a common Korean number, all that comparing and finding need; "" of others."""
    match = _korean.fullmatch(typed) if region == "KR" else None
    return "".join(match.groups()) if match else ""


def _korean_phone(area: str, middle: str, last: str) -> Phone:
    number = area + middle + last
    shown = f"{area}-{middle}-{last}"
    return Phone(82, "0" + number, "82" + number, "", "0" + shown, "+82 " + shown)


@lru_cache(maxsize=4096)
def _parsed(typed: str, region: str) -> Phone | None:
    """The library's answer, some 100 µs the first time."""
    if _range.search(typed):
        return None
    try:
        number = phonenumbers.parse(_extension.sub(" ext. ", typed), region)
    except phonenumbers.NumberParseException:
        return None
    return _described(number) if phonenumbers.is_valid_number(number) else None


def _described(number: phonenumbers.PhoneNumber) -> Phone:
    country, extension = number.country_code or 0, number.extension or ""
    bare = phonenumbers.PhoneNumber(country, number.national_number, None, number.italian_leading_zero)
    bare.number_of_leading_zeros = number.number_of_leading_zeros
    national, international = _grouped(bare)
    return Phone(country, _only_digits(national), _only_digits(international), extension, national, international)


def _grouped(number: phonenumbers.PhoneNumber) -> tuple[str, str]:
    digits = str(number.national_number)
    if number.country_code == 82 and re.fullmatch("50[2-9][0-9]{7,8}", digits):
        grouped = f"{digits[:3]}-{digits[3:-4]}-{digits[-4:]}"  # the library would write 050-41234-5678
        return f"0{grouped}", f"+82 {grouped}"
    return (
        phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL),
        phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
    )


@lru_cache(maxsize=512)
def _country(region: str) -> int:
    return phonenumbers.country_code_for_region(region)


def _only_digits(text: str) -> str:
    return "".join(str(int(digit)) for digit in _digits.findall(text))
