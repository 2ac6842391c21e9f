"""Which domains a company may call its own (PRODUCT 3.4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companies import domains
from companies.domains import DomainError, domain_key
from helpdesk.users.addresses import address_key, domain_of, strip_invisible

FROM_THE_LABELS = (
    "gmail.com naver.com daum.net hanmail.net kakao.com nate.com hanmir.com korea.com empas.com paran.com dreamwiz.com "
    "chollian.net lycos.co.kr hotmail.com hotmail.co.kr hotmail.kr live.com live.co.kr live.kr outlook.com "
    "outlook.co.kr outlook.kr yahoo.com yahoo.co.kr icloud.com me.com qq.com 163.com proton.me"
)


def refusal(typed: str) -> object:
    with pytest.raises(DomainError) as caught:
        domain_key(typed)
    return caught.value.message


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("acme.com", "acme.com"),
        (" @ACME.com ", "acme.com"),
        ("＠ａｃｍｅ．ｃｏｍ", "acme.com"),
        ("acme.com.", "acme.com"),
        ("acme.co.kr", "acme.co.kr"),
        ("mail.acme.co.kr", "mail.acme.co.kr"),
        ("notnaver.com", "notnaver.com"),
        ("naver.com.evil.kr", "naver.com.evil.kr"),
        ("navercorp.com", "navercorp.com"),
        ("한국.kr", "xn--3e0b707e.kr"),
    ],
)
def test_gives_one_key_to_every_way_of_typing_a_domain(typed: str, key: str) -> None:
    assert domain_key(typed) == key


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", domains.EMPTY),
        (" @ ", domains.EMPTY),
        ("https://acme.com", domains.WEB_ADDRESS),
        ("acme.com/contact", domains.WEB_ADDRESS),
        ("acme.com:8080", domains.WEB_ADDRESS),
        ("kim@acme.com", domains.EMAIL_ADDRESS),
        ("@kim@acme.com", domains.EMAIL_ADDRESS),
        ("acme", domains.INVALID),
        ("*.acme.com", domains.INVALID),
        ("acme corp.com", domains.INVALID),
        ("10.0.0.1", domains.INVALID),
        ("ac\x00me.com", domains.INVALID),
        ("\ud800.com", domains.INVALID),
        ("\u212aorea.com", domains.INVALID),
        ("가" * 100_000 + ".kr", domains.INVALID),
        ("Gmail.com", domains.PUBLIC_MAIL),
        ("@naver.com", domains.PUBLIC_MAIL),
        ("hanmail.net", domains.PUBLIC_MAIL),
        ("outlook.kr", domains.PUBLIC_MAIL),
        ("yahoo.co.kr", domains.PUBLIC_MAIL),
        ("co.kr", domains.PUBLIC_SUFFIX),
        ("AC.KR", domains.PUBLIC_SUFFIX),
        ("@go.kr", domains.PUBLIC_SUFFIX),
        ("seoul.kr", domains.PUBLIC_SUFFIX),
        ("co.uk", domains.PUBLIC_SUFFIX),
        ("com", domains.PUBLIC_SUFFIX),
        (".kr", domains.INVALID),
        ("kr", domains.PUBLIC_SUFFIX),
    ],
)
def test_refuses_with_the_reason(typed: str, reason: object) -> None:
    assert refusal(typed) is reason


@pytest.mark.parametrize("name", FROM_THE_LABELS.split())
def test_no_company_owns_a_public_mail_domain(name: str) -> None:
    assert refusal(name) is domains.PUBLIC_MAIL


def test_admins_may_extend_the_list() -> None:
    with pytest.raises(DomainError):
        domain_key("Mail.example", also_public={"mail.example"})


@given(
    st.sampled_from(sorted(domains.PUBLIC_MAIL_DOMAINS | domains.PUBLIC_SUFFIXES)),
    st.sampled_from(["@{}", "{}.", " {} "]),
)
def test_the_lists_hold_keys_and_are_refused_however_typed(name: str, typed: str) -> None:
    assert refusal(typed.format(name.upper())) in (domains.PUBLIC_MAIL, domains.PUBLIC_SUFFIX)


@given(st.text(min_size=1, max_size=12).map("{}.com".format) | st.text())
def test_a_domain_is_compared_as_in_the_addresses_of_its_people(typed: str) -> None:
    try:
        key = domain_key(typed)
    except DomainError:
        return
    bare = strip_invisible(typed).removeprefix("@")
    assert domain_of(address_key(f"kim@{bare}")) == key
