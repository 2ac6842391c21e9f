"""Databases in which Korean names could not be found are refused."""

from __future__ import annotations

import pytest

from contacts.checks import _problems, check_database_finds_hangul


@pytest.mark.django_db
def test_the_database_of_the_tests_is_good() -> None:
    assert check_database_finds_hangul(databases=["default"]) == []


def test_nothing_is_asked_where_no_database_is_named() -> None:
    assert check_database_finds_hangul(databases=None) == []


@pytest.mark.parametrize(
    ("encoding", "ctype", "ids"),
    [
        ("UTF8", "C.UTF-8", []),
        ("UTF8", "ko_KR.UTF-8", []),
        ("UTF8", "C", ["contacts.E002"]),
        ("SQL_ASCII", "POSIX", ["contacts.E001", "contacts.E002"]),
        ("EUC_KR", "ko_KR.euckr", ["contacts.E001"]),
    ],
)
def test_refuses_other_encodings_and_the_locale_c(encoding: str, ctype: str, ids: list[str]) -> None:
    assert [problem.id for problem in _problems(encoding, ctype)] == ids
