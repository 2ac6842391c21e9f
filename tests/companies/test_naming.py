"""When two company names mean the same company (PRODUCT 3.5)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companies.naming import company_match_key

BEFORE = [
    "{}",
    "주식회사 {}",
    "주식회사{}",
    "(주){}",
    "(주) {}",
    "㈜{}",
    "（주）{}",
    "유한회사 {}",
    "(유){}",
    "株式会社{}",
]
AFTER = [
    "{}", "{}(주)", "{} (주)", "{}㈜", "{} 주식회사", "{}주식회사", "{} 유한책임회사", "{}, Inc.", "{} Inc", "{} INC.", "{} Co., Ltd.",
    "{} Co.,Ltd", "{} Co. Ltd.", "{} CO.,LTD.", "{} Ltd", "{} LLC", "{} L.L.C.", "{} GmbH", "{} Corp.", "{} Corporation",
    "{} Limited", "{} Company", "{} Pte. Ltd.", "{} S.A.", "{} plc",
]  # fmt: skip
names = st.sampled_from(
    ["삼성전자", "한빛 소프트", "Acme", "Blue Spa", "Zinc", "Incheon Port", "3M", "A-Co Trading", "가나.다"]
)


@given(names, st.sampled_from(BEFORE), st.sampled_from(AFTER))
def test_a_legal_form_before_or_behind_changes_nothing(name: str, before: str, after: str) -> None:
    assert company_match_key(after.format(before.format(name))) == company_match_key(name)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("삼성 전자", "삼성전자"),
        (" ㈜ 삼성\u3000전자\u200b ", "삼성전자"),
        ("삼성전자 주식회사 수원지점", "삼성전자수원지점"),
        (unicodedata.normalize("NFD", "삼성전자(주)"), "삼성전자"),
        ("ＡＣＭＥ　Ｉｎｃ．", "acme"),
        ("Acme (Korea) Co., Ltd.", "acme(korea)"),
        ("Smith & Co.", "smith&co"),
        ("Zinc", "zinc"),
        ("Incheon", "incheon"),
        ("Company of Heroes", "companyofheroes"),
        ("A.C.M.E.", "a.c.m.e"),
    ],
)
def test_the_key_is_the_name_without_spaces_case_and_legal_form(name: str, key: str) -> None:
    assert company_match_key(name) == key


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("삼성전자", "삼성전기"),
        ("Acme", "Acme Korea"),
        ("Smith & Co", "Smith"),
        ("대한(사)협회", "대한재단"),
        ("3M", "3N"),
    ],
)
def test_other_names_have_other_keys(name: str, other: str) -> None:
    assert company_match_key(name) != company_match_key(other)


@pytest.mark.parametrize("name", ["(주)", "㈜", "주식회사", "Inc.", "Co., Ltd.", "...", ",", "\u200b"])
def test_a_name_that_is_only_a_legal_form_keeps_it(name: str) -> None:
    assert company_match_key(name)


@given(
    st.text(min_size=1)
    | st.lists(st.sampled_from(["(주)", "주식회사", " ", ",", "Inc.", "co"]), min_size=1).map("".join)
)
def test_no_name_has_an_empty_key(name: str) -> None:
    assert company_match_key(name)


@given(names, names)
def test_names_that_differ_beyond_spaces_and_case_stay_apart(one: str, other: str) -> None:
    same = one.replace(" ", "").lower() == other.replace(" ", "").lower()
    assert (company_match_key(one) == company_match_key(other)) == same
