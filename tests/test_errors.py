"""Pages for what went wrong."""

from __future__ import annotations

import pytest
from django.test import Client

from helpdesk.users.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "heading"), [("en", "This page cannot be opened"), ("ko", "이 페이지는 열 수 없습니다")]
)
def test_the_address_of_a_form_says_that_it_cannot_be_opened(as_admin: Client, language: str, heading: str) -> None:
    User.objects.update(language=language)
    answer = as_admin.get("/language/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert f">{heading}</h1>" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_visitors_are_told_in_the_portals_frame(client: Client) -> None:
    answer = client.get("/language/")
    assert answer.status_code == 405
    assert "This page cannot be opened" in answer.text


def test_programs_that_send_to_a_page_get_no_page(as_admin: Client) -> None:
    answer = as_admin.post("/jobs/")
    assert (answer.status_code, answer.content) == (405, b"")
