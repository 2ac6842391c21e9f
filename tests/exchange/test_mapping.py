"""Headers in two languages, and what they are taken for."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from helpdesk.exchange import mapping
from helpdesk.exchange.mapping import Match
from helpdesk.exchange.sheets import SHEETS, Choice, Field


def are_mobile(values: Sequence[str]) -> bool:
    return all(re.sub(r"\D", "", value).startswith("010") for value in values)


FIELDS = (
    Field(name="name", label="Name", headers=("이름", "성명", "고객명", "담당자", "담당자명"), is_identifier=False),
    Field(name="email", label="Primary email", headers=("email", "E-mail", "이메일", "이메일주소", "전자우편"), is_identifier=True),
    Field(name="emails", label="Secondary email", headers=("보조 이메일",), is_several=True, is_identifier=True),
    Field(name="work_phone", label="Work phone", headers=("연락처", "전화", "전화번호", "직장전화"), is_identifier=True),
    Field(name="mobile_phone", label="Mobile phone", headers=("휴대폰", "HP"), doubtful=("연락처",), fits=are_mobile, is_identifier=True),
    Field(name="company", label="Company", headers=("회사", "회사명", "거래처")),
    Field(name="notes", label="Notes", headers=("비고", "메모")),
)  # fmt: skip


def fields_of(*headers: str, values: Sequence[Sequence[str]] | None = None) -> list[tuple[str, str]]:
    found = mapping.recognise(headers, values or [[]] * len(headers), FIELDS)
    return [(match.field, match.how) for match in found]


@pytest.mark.parametrize(
    "header",
    ["이름", " 이 름 ", "이름*", "이름(필수)", "이름 (필수)*", "* 성명", "NAME", "name [required]", "Ｎａｍｅ"],
)
def test_spaces_signs_case_and_remarks_do_not_matter(header: str) -> None:
    assert fields_of(header) == [("name", "exact")]


def test_labels_are_known_in_every_language() -> None:
    from django.utils.translation import gettext_lazy

    field = Field(name="name", label=gettext_lazy("Name"))
    assert mapping.recognise(["이름"], [[]], [field]) == [Match("name", "exact")]


@pytest.mark.parametrize(
    "header", ["Secondary emails", "Secondary email", "보조 이메일", "Further emails", "추가 이메일"]
)
def test_the_words_of_files_written_before_are_known_as_well(header: str) -> None:
    assert mapping.recognise([header], [[]], SHEETS["contacts"].fields()) == [Match("emails", "exact")]


def test_a_header_that_ends_in_a_known_word_is_guessed() -> None:
    assert fields_of("고객 이메일", "회사 전화번호", "Contact e-mail") == [
        ("email", "guessed"),
        ("work_phone", "guessed"),
        ("", ""),
    ]


def test_a_header_that_is_nearly_spelt_so_is_guessed() -> None:
    assert fields_of("Work phome") == [("work_phone", "guessed")]


@pytest.mark.parametrize(
    "header", ["생년월일", "메일 수신 동의 여부", "", "###", "<script>alert(1)</script>", "Column 3"]
)
def test_what_nobody_knows_is_not_imported(header: str) -> None:
    assert fields_of(header) == [("", "")]


def test_contacts_of_mobile_numbers_are_mobile_phones() -> None:
    assert fields_of("연락처", values=[["010-1234-5678", "010 2222 3333"]]) == [("mobile_phone", "guessed")]
    assert fields_of("연락처", values=[["02-123-4567", "010 2222 3333"]]) == [("work_phone", "exact")]
    assert fields_of("연락처", values=[["", " "]]) == [("work_phone", "exact")]


def test_a_known_header_goes_before_one_that_is_judged_by_its_values() -> None:
    numbers = [["010-1234-5678"], ["010-1234-5678"]]
    assert fields_of("연락처", "휴대폰", values=numbers) == [("work_phone", "exact"), ("mobile_phone", "exact")]


def test_one_field_gets_one_column_unless_it_takes_several() -> None:
    assert fields_of("이메일", "E-mail") == [("email", "exact"), ("", "")]
    assert fields_of("보조 이메일", "보조 이메일 (2)") == [("emails", "exact"), ("emails", "exact")]


def test_a_known_header_goes_before_a_guess_that_comes_first() -> None:
    assert fields_of("담당 이메일", "이메일") == [("", ""), ("email", "exact")]


def test_a_set_of_headers_is_known_again_however_it_is_written() -> None:
    assert mapping.key_of_set(["이름*", "E-Mail"]) == mapping.key_of_set(["이 름", "email"])
    assert mapping.key_of_set(["name", "email"]) != mapping.key_of_set(["email", "name"])
    assert mapping.key_of_set(["ab", "c"]) != mapping.key_of_set(["a", "bc"])


def test_what_was_chosen_last_time_is_chosen_again() -> None:
    assert mapping.remembered(["name", ""], FIELDS, 2) == [Match("name", "remembered"), Match("", "remembered")]


def test_what_does_not_fit_any_more_is_forgotten() -> None:
    assert mapping.remembered(["name", "gone"], FIELDS, 2) is None
    assert mapping.remembered(["name"], FIELDS, 2) is None


def test_two_columns_on_one_field_are_found() -> None:
    assert mapping.doubled(["name", "emails", "", "name", "emails", ""], FIELDS) == {"name": [0, 3]}


def test_some_column_must_say_who_a_row_is_about() -> None:
    assert mapping.lacks_identifier(["name", "company"], FIELDS)
    assert not mapping.lacks_identifier(["name", "mobile_phone"], FIELDS)
    assert not mapping.lacks_identifier(["name"], [Field(name="name", label="Name")])


def test_a_choice_applies_where_one_of_its_fields_is_mapped() -> None:
    choice = Choice(name="create_companies", label="Create missing companies", needs=("company", "companies"))
    assert mapping.applies(choice, ["name", "company"])
    assert not mapping.applies(choice, ["name"])
    assert mapping.applies(Choice(name="always", label="Always"), [])
