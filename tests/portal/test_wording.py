"""The agreed wording, letter for letter (docs for both languages: what people were told they will read)."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from contacts.actions.activation import send_activations
from tests.factories import make_contact, make_customer
from tests.portal.letters import SYSTEM, letters_to

pytestmark = pytest.mark.django_db
KOREAN = {"Accept-Language": "ko"}


def words(markup: str) -> str:
    """As read: without what is invisible, one space between words, none before a full stop."""
    shown = re.sub(r"<(svg|style|script|title).*?</\1>|<input[^>]*>", " ", markup, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())


def test_the_failure_page_in_korean(client: Client) -> None:
    page = client.post("/portal/login/", {"email": "a@acme.example", "password": "x"}, headers=KOREAN)
    assert (
        "로그인하지 못했습니다. 이메일 또는 비밀번호가 올바르지 않거나 아직 비밀번호를 설정하지 않은 계정입니다. "
        "이전에 로그인한 적이 있으신가요? 비밀번호 재설정 처음이신가요? "
        "계정을 활성화하기 전에는 포털에 접근할 권한이 없습니다. 활성화 링크 받기 "
        "도움이 필요하시면: helpdesk@helpdesk.example"
    ) in words(page.content.decode())


def test_the_neutral_answer_in_korean(client: Client) -> None:
    page = client.get("/portal/password/reset/sent/", headers=KOREAN)
    assert (
        "이용할 수 있는 계정이 있으면 이메일을 보내 드립니다. 스팸함도 확인해 주세요. "
        "10분이 지나도 오지 않으면 문의해 주세요: helpdesk@helpdesk.example"
    ) in words(page.content.decode())


def test_the_dead_link_in_korean(client: Client) -> None:
    page = client.get("/portal/activate/unknown/", follow=True, headers=KOREAN)
    assert "이 링크는 더 이상 유효하지 않습니다" in words(page.content.decode())
    assert "새 링크 받기" in words(page.content.decode())


@pytest.mark.parametrize(("name", "greeting"), [("김민준", "김민준 님, 안녕하세요."), ("", "고객님, 안녕하세요.")])
def test_the_activation_letter_in_korean(name: str, greeting: str) -> None:
    contact = make_contact("x", email="minjun@acme.example", language="ko")
    contact.name = name
    contact.save()
    send_activations([contact.pk], by=SYSTEM)
    (letter,) = letters_to(contact)
    assert letter.subject == "[Helpdesk] 고객 포털 비밀번호를 설정해 주세요"
    for text in (" ".join(letter.text.split()), words(letter.html)):
        assert (
            f"{greeting} Helpdesk 고객 포털 계정이 준비되었습니다. "
            "비밀번호를 설정하면 문의를 등록하고 처리 상황을 확인하실 수 있습니다. 비밀번호 설정"
        ) in text
        assert "이 링크는 [[until]]까지 한 번만 사용할 수 있습니다. 로그인 이메일: minjun@acme.example." in text
        assert "요청하신 적이 없다면 이 메일을 무시하셔도 됩니다." in text
        assert "문의: helpdesk@helpdesk.example" in text


def test_the_greeting_in_korean(client: Client) -> None:
    customer = make_customer("김민준", language="ko")
    assert customer.user is not None
    client.force_login(customer.user, backend="helpdesk.signin.AddressBackend")
    assert "안녕하세요, 김민준 님" in words(client.get("/portal/").content.decode())


@pytest.mark.parametrize(("name", "greeting"), [("Kim", "Hello Kim, your"), ("", "Hello, your")])
def test_the_activation_letter_in_english(name: str, greeting: str) -> None:
    contact = make_contact("x", email="kim@acme.example", language="en")
    contact.name = name
    contact.save()
    send_activations([contact.pk], by=SYSTEM)
    (letter,) = letters_to(contact)
    for text in (" ".join(letter.text.split()), words(letter.html)):
        assert (
            f"{greeting} account on the Helpdesk portal is ready. Set a password to submit and follow your tickets."
            in text
        )
        assert "Works once, until [[until]]. You sign in as kim@acme.example." in text
        assert "Not expecting this? Ignore it." in text
