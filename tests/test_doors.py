"""Every address has a door, and the matrix says to whom it opens: a new address without a row fails.

`tests/matrix.toml`: address → list of cases. A case names what the address is about (its arguments, from `World`) and
per method the statuses for visitor, customer, agent, supervisor, admin, in this order.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from helpdesk.outbox.models import OutgoingEmail
from helpdesk.team.actions.invitations import invite
from helpdesk.users import actors
from helpdesk.users.roles import Permission
from tests import factories

ROLES = ("visitor", "customer", "agent", "supervisor", "admin")
MATRIX: dict[str, list[dict[str, str]]] = tomllib.loads(Path(__file__).with_name("matrix.toml").read_text())
OPEN_DOORS = {"anyone", "signed_in", "customer"}


@dataclass(frozen=True)
class Case:
    """One request of everybody: `args` names things of the world."""

    address: str
    method: str
    args: dict[str, str]
    statuses: dict[str, int]

    def __str__(self) -> str:
        about = ",".join(self.args.values())
        return f"{self.method} {self.address} {about}".strip()


def _patterns(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern), pattern


def cases_of(address: str) -> Iterator[Case]:
    for case in MATRIX[address]:
        args = {name: value for name, value in case.items() if not name.isupper()}
        for method in (name for name in case if name.isupper()):
            numbers = map(int, case[method].split())
            yield Case(address, method, args, dict(zip(ROLES, numbers, strict=True)))


VIEWS = dict(_patterns(get_resolver()))


@pytest.mark.parametrize("address", VIEWS)
def test_every_view_wears_a_door(address: str) -> None:
    door = getattr(VIEWS[address].callback, "door", None)
    assert isinstance(door, Permission) or door in OPEN_DOORS


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    assert sorted(VIEWS) == sorted(MATRIX)


@dataclass(frozen=True)
class World:
    """What rows may be about, by name."""

    ids: dict[str, Any]
    browsers: dict[str, Client]

    def answer(self, case: Case, role: str) -> int:
        """The status; whatever the request did is undone."""
        with self.undone(role) as browser:
            status: int = browser.generic(case.method, self.address(case, role)).status_code
        return status

    @contextmanager
    def undone(self, role: str) -> Iterator[Client]:
        """A browser of this role; whatever its requests do is undone."""
        browser = Client()
        browser.cookies = SimpleCookie({name: morsel.value for name, morsel in self.browsers[role].cookies.items()})
        before = transaction.savepoint()
        try:
            yield browser
        finally:
            transaction.savepoint_rollback(before)

    def address(self, case: Case, role: str) -> str:
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(self._value(case.args[found[1]], role)), case.address)

    def _value(self, name: str, role: str) -> Any:
        return self.ids[role] if name == "themselves" else self.ids.get(name, name)


@pytest.fixture
def world(db: None, sign_in: Any) -> World:
    customer = factories.make_customer()
    people = {
        "customer": customer.user,
        "agent": factories.make_agent(),
        "supervisor": factories.make_supervisor(),
        "admin": factories.make_admin(),
    }
    invited = invite("ivy@helpdesk.example", name="Ivy", role="agent", language="en", by=actors.system("command"))
    things = {
        "colleague": factories.make_agent(),
        "invited": invited,
        "somebody": factories.make_customer().user,
        "contact": factories.make_contact(),
        "verified": factories.make_customer(),
        "company": factories.make_company(),
        "letter": OutgoingEmail.objects.get(),
    }
    ids = {name: thing.pk for name, thing in {**people, **things}.items() if thing is not None}
    browsers = {"visitor": Client(), **{role: sign_in(user) for role, user in people.items()}}
    return World({**ids, "visitor": 0, "nobody": 999_999_999, "beyond": 10**30}, browsers)


@pytest.mark.parametrize("address", MATRIX)
def test_opens_to_whom_the_matrix_says(world: World, address: str) -> None:
    for case in cases_of(address):
        assert {role: world.answer(case, role) for role in ROLES} == case.statuses, str(case)
