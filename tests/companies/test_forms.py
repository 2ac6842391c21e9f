"""What people may type about a company, and what they are told."""

from __future__ import annotations

import pytest
from django.utils import timezone

from companies import domains
from companies.forms import CompanyForm
from tests.factories import make_company

pytestmark = pytest.mark.django_db


def form(**typed: str) -> CompanyForm:
    return CompanyForm({"name": "Acme", **typed})


def refusals(typed: CompanyForm, field: str) -> list[str]:
    assert not typed.is_valid()
    return [str(error) for error in typed.errors[field]]


@pytest.mark.parametrize(
    "typed", ["acme.example\nacme.co.kr", "@acme.example, ACME.co.kr", "acme.example acme.co.kr; acme.EXAMPLE"]
)
def test_domains_are_parted_cleaned_and_kept_once(typed: str) -> None:
    filled = form(domains=typed)

    assert filled.is_valid()
    assert filled.draft().domains == ("acme.example", "acme.co.kr")


def test_an_international_domain_is_kept_as_its_key_and_shown_as_people_write_it() -> None:
    filled = form(domains="@한국.kr")
    assert filled.is_valid()

    company = make_company("Han", domains=("한국.kr",))

    assert filled.draft().domains == ("xn--3e0b707e.kr",)
    assert CompanyForm(company=company)["domains"].value() == "한국.kr"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("gmail.com", domains.PUBLIC_MAIL),
        ("naver.com", domains.PUBLIC_MAIL),
        ("co.kr", domains.PUBLIC_SUFFIX),
        ("https://acme.com/", domains.WEB_ADDRESS),
        ("kim@acme.com", domains.EMAIL_ADDRESS),
        ("acme", domains.INVALID),
    ],
)
def test_a_refused_domain_comes_with_its_reason(typed: str, reason: object) -> None:
    assert refusals(form(domains=f"acme.example {typed}"), "domains") == [f"“{typed}”: {reason}"]


def test_every_refused_domain_is_named() -> None:
    assert len(refusals(form(domains="gmail.com\nacme.example\nco.kr"), "domains")) == 2


def test_another_companys_domain_is_refused_naming_it() -> None:
    owner = make_company("Hanbit <b>", domains=("hanbit.example",))

    (told,) = refusals(form(domains="hanbit.example"), "domains")

    assert f'<a href="/companies/{owner.pk}/">Hanbit &lt;b&gt;</a>' in told


def test_a_deleted_companys_domain_stays_reserved_and_says_how_to_get_it() -> None:
    make_company("Gone", domains=("gone.example",), deleted_at=timezone.now())

    (told,) = refusals(form(domains="gone.example"), "domains")

    assert "Restore it" in told


def test_a_company_keeps_its_own_domains() -> None:
    company = make_company("Acme", domains=("acme.example",))

    assert CompanyForm({"name": "Acme", "domains": "acme.example"}, company=company).is_valid()


def test_too_many_domains_are_refused() -> None:
    typed = " ".join(f"d{number}.example" for number in range(51))

    assert refusals(form(domains=typed), "domains") == ["A company can have at most 50 email domains."]


def test_a_name_that_differs_only_by_legal_form_is_asked_about() -> None:
    known = make_company("㈜한빛전자")

    asked = form(name="한빛 전자 주식회사")
    (told,) = refusals(asked, "name")

    assert told == f'A company with this name exists: <a href="/companies/{known.pk}/">㈜한빛전자</a>.'
    assert asked.namesake == known
    assert form(name="한빛 전자 주식회사", anyway="on").is_valid()


def test_an_edit_asks_only_where_the_name_becomes_anothers() -> None:
    make_company("Acme Inc.")
    twin, other = make_company("Acme"), make_company("Other")

    assert CompanyForm({"name": "ACME Co., Ltd."}, company=twin).is_valid()
    assert not CompanyForm({"name": "acme"}, company=other).is_valid()


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "\u3000", "A\x00B", "A\ud800", "x" * 201])
def test_a_name_that_cannot_be_kept_is_refused(name: str) -> None:
    assert refusals(form(name=name), "name")


@pytest.mark.parametrize("field", ["domains", "phone", "address", "notes"])
@pytest.mark.parametrize("text", ["a\x00b", "a\udfffb", "가" * 10_001])
def test_text_no_database_keeps_is_refused_in_every_field(field: str, text: str) -> None:
    assert refusals(form(**{field: text}), field)


def test_the_longest_name_is_kept_whatever_its_keys_become() -> None:
    filled = form(name="\ufdfa" * 200)  # one character that normalises to eighteen

    assert filled.is_valid()
    company = make_company()
    company.rename(filled.draft().name)
    company.full_clean()
