"""What people see when something went wrong, and on which side of the house."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.ui.gallery")]


def test_a_missing_page_keeps_the_reader_at_home(client: Client, as_agent: Client, as_customer: Client) -> None:
    for browser, frame in ((client, "portal"), (as_agent, "desk"), (as_customer, "portal")):
        response = browser.get("/no/such/page/")
        assert response.status_code == 404
        assert f'<body class="{frame}">' in response.content.decode()


def test_a_broken_page_needs_no_database(client: Client, django_assert_num_queries: pytest.FixtureRequest) -> None:
    client.raise_request_exception = False
    with django_assert_num_queries(0):  # type: ignore[operator]
        response = client.get("/broken/")
    assert response.status_code == 500
    assert "It is our fault" in response.content.decode()


def test_a_form_that_was_open_too_long_says_so() -> None:
    response = Client(enforce_csrf_checks=True).post("/language/", {"language": "ko"})
    assert response.status_code == 403
    assert "This form was open too long" in response.content.decode()
