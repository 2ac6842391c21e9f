"""Cells → a wish, or why not."""

from __future__ import annotations

from typing import Any

import pytest

from contacts.imports import cells
from contacts.imports.cells import Cleaner, Wish, with_zero
from contacts.imports.people import typed_key
from helpdesk.exchange import cleaning


def wish(*, clears: bool = False, **row: str) -> Wish:
    """Of a row whose headers are the names of the fields in capitals."""
    names = [name.rstrip("_") for name in row]
    return Cleaner(names, [name.upper() for name in names], region="KR", clears=clears).wish(2, list(row.values()))


def problem(**row: str) -> tuple[str, str, Any]:
    (one,) = wish(clears=False, **row).problems
    return one["text"], one["column"], one["value"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1012345678", "010-1234-5678"),
        ("212345678", "02-1234-5678"),
        ("311234567", "031-123-4567"),
        ("15881234", "15881234"),
        ("010-1234-5678", "010-1234-5678"),
        ("02-123-4567 (교환)", "02-123-4567 (교환)"),
    ],
)
def test_a_number_that_lost_its_zero_gets_it_back(typed: str, kept: str) -> None:
    assert with_zero(typed) == kept


@pytest.mark.parametrize(
    ("row", "text", "column"),
    [
        ({"email": "kim@"}, "Enter one email address like name@example.com.", "EMAIL"),
        ({"email": "a@b.co", "emails": "c@d.ef; nonsense"}, "Enter one email address like name@example.com.", "EMAILS"),
        ({"email": "a@b.co", "name": "x" * 201}, cleaning.TOO_LONG, "NAME"),
        ({"email": "a@b.co", "name": "x\x00"}, cleaning.FORBIDDEN, "NAME"),
        ({"email": "a@b.co", "language": "fr"}, cells.UNKNOWN_LANGUAGE, "LANGUAGE"),
        ({"email": "a@b.co", "time_zone": "Seoul"}, cells.UNKNOWN_ZONE, "TIME_ZONE"),
        ({"email": "a@b.co", "tags": "x" * 61}, cells.LONG_TAG, "TAGS"),
        ({"email": "a@b.co", "tags": ";".join(f"t{at}" for at in range(501))}, cells.TOO_MANY_TAGS, "TAGS"),
        (
            {"email": "a@b.co", "other_companies": ";".join(f"c{at}" for at in range(501))},
            cells.TOO_MANY_COMPANIES,
            "OTHER_COMPANIES",
        ),
        ({"emails": ";".join(f"a{at}@b.co" for at in range(11))}, cells.TOO_MANY_EMAILS, "EMAILS"),
        ({"name": "Kim"}, cells.UNREACHABLE, ""),
    ],
)
def test_says_which_cell_is_wrong_and_why(row: dict[str, str], text: str, column: str) -> None:
    assert problem(**row)[:2] == (text, column)


def test_a_phone_without_digits_is_looked_for_with_the_name_and_only_where_there_is_no_number() -> None:
    assert wish(name="Kim", mobile_phone="문의").phone_keys == {typed_key("문의", "KIM"): "mobile_phone"}
    assert wish(mobile_phone="문의").phone_keys == {typed_key("문의"): "mobile_phone"}
    both = wish(name="Kim", work_phone="문의", mobile_phone="010-1234-5678")
    assert both.phone_keys == {"821012345678": "mobile_phone"}


def test_what_an_export_defused_is_read_as_it_was() -> None:
    assert wish(external_id="'007", name="'=1+1", notes="'quoted'").texts == {
        "external_id": "007",
        "name": "=1+1",
        "notes": "'quoted'",
    }


def test_several_columns_may_mean_one_field() -> None:
    cleaner = Cleaner(["email", "emails", "emails"], ["A", "B", "C"], region="KR", clears=False)
    assert list(cleaner.wish(2, ["a@x.co", "b@x.co; A@x.co", "c@x.co"]).emails) == ["a@x.co", "b@x.co", "c@x.co"]


def test_of_several_columns_the_one_with_the_wrong_cell_is_named() -> None:
    cleaner = Cleaner(["email", "emails", "emails"], ["A", "B", "C"], region="KR", clears=False)
    (one,) = cleaner.wish(2, ["a@x.co", "b@x.co", "c@x.co; nonsense"]).problems
    assert (one["column"], one["value"]) == ("C", "nonsense")


def test_the_address_that_is_too_many_is_named() -> None:
    (one,) = wish(email="first@x.co", emails=";".join(f"a{at}@x.co" for at in range(11))).problems
    assert (one["column"], one["value"]) == ("EMAILS", "a9@x.co")


def test_names_lose_what_nobody_can_see_and_lines_what_no_line_has() -> None:
    assert wish(email="a@x.co", name="\u200b김민준\xa0", job_title="Head of\r\nSales").texts == {
        "name": "김민준",
        "job_title": "Head of Sales",
    }


def test_names_are_read_in_the_order_in_which_they_are_written() -> None:
    row = wish(
        email="a@x.co",
        name="\u202eevil محمد\u202c",
        company="\u202eAcme",
        tags="\u202evip",
        other_companies="\u2067B;C",
    )
    assert (row.texts["name"], row.company, row.tags, row.others) == ("evil محمد", "Acme", {"vip": "vip"}, ("B", "C"))


def test_external_ids_are_what_people_see_of_them() -> None:
    row = wish(external_id="Ｃ-10198\u200b")
    assert (row.texts["external_id"], row.cell("external_id").value) == ("C-10198", "Ｃ-10198\u200b")
    assert wish(email="a@x.co", external_id="\u200b").texts == {}
    assert problem(email="a@x.co", external_id="㎏" * 100)[:2] == (cleaning.TOO_LONG, "EXTERNAL_ID")


def test_blank_cells_clear_only_where_asked_and_never_who_it_is() -> None:
    assert wish(email="a@x.co", name="", notes="").clears == []
    assert wish(clears=True, email="a@x.co", name="", notes="", emails="").clears == ["notes"]


def test_a_row_that_cannot_be_trusted_fails_with_its_fault() -> None:
    cleaner = Cleaner(["email"], ["A"], region="KR", clears=False)
    assert cleaner.wish(2, ["a@x.co"], "bad bytes").problems[0]["text"] == "bad bytes"


@pytest.mark.parametrize(("typed", "code"), [("ko", "ko"), ("한국어", "ko"), ("en-US", "en"), ("English", "en")])
def test_languages_by_code_or_name(typed: str, code: str) -> None:
    assert wish(email="a@x.co", language=typed).texts == {"language": code}


def test_time_zones_whatever_their_case() -> None:
    assert wish(email="a@x.co", time_zone="asia/seoul").texts == {"time_zone": "Asia/Seoul"}
