"""What people see when something went wrong, and on which side of the house."""

from __future__ import annotations

import contextlib
import sqlite3

import pytest
from django.db import connection
from django.test import Client

from companies.models import Company

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


@pytest.mark.skipif(connection.vendor != "sqlite", reason="one lock for all is SQLite's")
@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("helpdesk.urls")
def test_what_waits_in_vain_for_the_lock_says_that_nothing_was_changed(as_agent: Client) -> None:
    as_agent.raise_request_exception = False
    holder = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    with contextlib.closing(holder), connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
        holder.execute("BEGIN IMMEDIATE")
        answer = as_agent.post("/companies/new/", {"name": "Hanbit"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
        assert "Nothing was changed" in answer.content.decode()
        holder.execute("ROLLBACK")
    assert as_agent.post("/companies/new/", {"name": "Hanbit"}).status_code == 302
    assert Company.objects.count() == 1
    connection.close()  # patient again


def test_a_form_that_was_open_too_long_says_so() -> None:
    response = Client(enforce_csrf_checks=True).post("/language/", {"language": "ko"})
    assert response.status_code == 403
    assert "This form was open too long" in response.content.decode()
