"""The bar below the list, as tests use it."""

from __future__ import annotations

from django.test import Client

from contacts.models import Contact
from tests.factories import make_contact

ACT = "/contacts/acts/"


def begin(client: Client, act: str, query: str = "") -> str:
    """The address of the page that asks."""
    response = client.post(ACT, {"act": act, "whole": "on", "next": f"/contacts/{query}"})
    assert response.status_code == 302, response.content
    return str(response["Location"])


def people(count: int, **fields: object) -> list[Contact]:
    return [make_contact(f"Kim {number:03}", **fields) for number in range(count)]  # type: ignore[arg-type]
