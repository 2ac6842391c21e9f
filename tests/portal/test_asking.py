"""Asking for a link at the portal's door: one neutral answer, letters only to those who are there."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from helpdesk.outbox.models import OutgoingEmail
from helpdesk.team.actions.asking import answer
from helpdesk.team.models import LinkRequest
from tests.factories import make_agent, make_contact, make_customer
from tests.portal.test_doors import plain

pytestmark = pytest.mark.django_db
ASK = "/portal/password/reset/"


def ask(client: Client, email: str) -> HttpResponse:
    """Ask, and let a worker answer."""
    response = client.post(ASK, {"email": email}, follow=True)
    for asked in LinkRequest.objects.all():
        answer(asked.pk)
    return response  # type: ignore[return-value]


def test_each_gets_what_they_need_and_all_see_the_same() -> None:
    make_contact(email="unver@acme.example")
    make_customer(email="verif@acme.example")
    make_contact(email="block@acme.example", blocked_at=timezone.now())
    make_contact(email="delet@acme.example", deleted_at=timezone.now())
    make_agent(email="agent@acme.example")
    pages = {
        kind: plain(ask(Client(), f"{kind}@acme.example"), f"{kind}@acme.example")
        for kind in ("unver", "verif", "block", "delet", "agent", "nobod")
    }
    assert all(page == pages["nobod"] for page in pages.values())
    assert sorted(OutgoingEmail.objects.values_list("to_email", "link_purpose")) == [
        ("agent@acme.example", "reset"),
        ("unver@acme.example", "activate"),
        ("verif@acme.example", "reset"),
    ]


def test_the_answer_in_the_agreed_words(client: Client) -> None:
    page = " ".join(ask(client, "nobody@acme.example").content.decode().split())
    assert "If this address can be used here, an email is on its way. Check spam too. Nothing after 10 minutes?" in page
    assert "helpdesk@helpdesk.example" in page


def test_the_page_does_the_same_work_for_everybody(client: Client) -> None:
    make_customer(email="verif@acme.example")
    client.post(ASK, {"email": "first@acme.example"})
    known, unknown = (_queries_of(client, email) for email in ("verif@acme.example", "nobod@acme.example"))
    assert known == unknown
    assert LinkRequest.objects.count() == 3
    assert not OutgoingEmail.objects.exists()


def _queries_of(client: Client, email: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        client.post(ASK, {"email": email})
    return [query["sql"].split(" ", 1)[0] for query in queries]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("kim", "name@example.com"), ("\u212aim@acme.example", "Before the @"), ("", "required"), ("x" * 5000, ""), ("a\x00b@acme.example", "cannot be used")],
    ids=["no address", "kelvin sign", "empty", "over-long", "nul"],
)  # fmt: skip
def test_what_is_no_address_is_said_and_kept(client: Client, typed: str, reason: str) -> None:
    response = client.post(ASK, {"email": typed})
    assert response.status_code == 200
    assert reason in response.content.decode()
    assert response.context["form"]["email"].value() == typed
    assert not LinkRequest.objects.exists()


def test_a_full_width_address_is_understood(client: Client) -> None:
    make_contact(email="kim@acme.example")
    ask(client, "ｋｉｍ＠ａｃｍｅ．ｅｘａｍｐｌｅ")
    assert OutgoingEmail.objects.get().to_email == "kim@acme.example"


def test_twenty_letters_an_hour_from_one_network(client: Client) -> None:
    for number in range(25):
        make_contact(email=f"kim{number}@acme.example")
    pages = [ask(client, f"kim{number}@acme.example") for number in range(25)]
    assert {page.status_code for page in pages} == {200}
    assert OutgoingEmail.objects.count() == 20
    ask(Client(REMOTE_ADDR="192.0.2.9"), "kim24@acme.example")
    assert OutgoingEmail.objects.count() == 21


def test_the_two_doors_to_the_form_differ_in_their_heading_only(client: Client) -> None:
    assert "Forgot password" in client.get(ASK).content.decode()
    assert "Send me an activation link" in client.get(ASK, {"for": "activation"}).content.decode()
