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

from contacts.actions.merging import merge_contacts
from contacts.actions.snapshots import ids_in
from contacts.models import Merge
from helpdesk.jobs.models import Job
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.team.actions.invitations import invite
from helpdesk.timeline.actions import add_note
from helpdesk.users import actors
from helpdesk.users.models import User
from helpdesk.users.roles import Permission, Role, who_may
from tests import factories
from tests.conftest import signed_in

ROLES = ("visitor", "customer", "agent", "supervisor", "admin")
MATRIX: dict[str, list[dict[str, str]]] = tomllib.loads(Path(__file__).with_name("matrix.toml").read_text())
pytestmark = pytest.mark.django_db  # so that there is a database for `world`
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


def admits(address: str, role: str) -> bool:
    """Whether the door of the view at `address` lets this role in, so that the view reads what was sent."""
    door = VIEWS[address].callback.door  # type: ignore[attr-defined]
    guests = {"anyone": ROLES, "signed_in": ROLES[1:], "customer": ("customer",)}.get(door)
    return role in guests if guests else role in ROLES[2:] and Role(role) in who_may(door)


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
        """A browser of this role; whatever its requests do is undone. Always the same one: a new one loads all middleware."""
        browser = self.browsers[role]
        cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
        before = transaction.savepoint()
        try:
            yield browser
        finally:
            transaction.savepoint_rollback(before)
            browser.cookies = SimpleCookie(cookies)

    def address(self, case: Case, role: str) -> str:
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(self._value(case.args[found[1]], role)), case.address)

    def _value(self, name: str, role: str) -> Any:
        return self.ids[role] if name == "themselves" else self.ids.get(name, name)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once for all tests of a module, each of which undoes what it does: making it takes longer than most of them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _founded()
        transaction.set_rollback(True)


def _founded() -> World:
    people: dict[str, Any] = {
        "customer": factories.make_customer().user,
        "agent": factories.make_agent(),
        "supervisor": factories.make_supervisor(),
        "admin": factories.make_admin(),
    }
    invited = invite("ivy@helpdesk.example", name="Ivy", role="agent", language="en", by=actors.system("command"))
    things: dict[str, Any] = {
        "colleague": factories.make_agent(),
        "invited": invited,
        "somebody": factories.make_customer().user,
        "contact": factories.make_contact(),
        "verified": factories.make_customer(),
        "company": factories.make_company(),
        "letter": OutgoingEmail.objects.get(),
        "draft": Job.objects.create(
            kind="contacts.block", owner=people["supervisor"], owner_name="Sora Supervisor", total=1
        ),
        "job": Job.objects.create(kind="tests.none", owner=people["agent"], owner_name="Ada Agent"),
        "upload": _import(people["admin"], "draft"),
        "reviewed": _import(people["admin"], "reviewed"),
    }
    ids = {name: thing.pk for name, thing in {**people, **things}.items()}
    by_agent = actors.person(people["agent"])
    merge = _merged(actors.person(people["supervisor"]))
    ids |= {"merge": merge.pk, "survivor": merge.survivor_id, "merged": ids_in(merge.snapshot or {})[0]}
    ids["note_of_agent"] = add_note(things["contact"], "Called back.", by=by_agent).pk
    ids["company_note_of_agent"] = add_note(things["company"], "Called back.", by=by_agent).pk
    browsers = {"visitor": Client(), **{role: signed_in(user) for role, user in people.items()}}
    return World({**ids, "visitor": 0, "nobody": 999_999_999, "beyond": 10**30}, browsers)


def _import(owner: User, state: str) -> Job:
    """An import whose file is not kept any more: what remains of it is answered all the same."""
    dialect = {"kind": "csv", "encoding": "utf-8", "delimiter": ",", "worksheet": "", "header_row": 1}
    seen = {"dialect": dialect, "worksheets": [], "encodings": [], "notes": []}
    asked = [{"typed": "한빛전자(주)", "found": "한빛전자", "rows": 3}]
    params = {"sheet": "contacts", "file": "고객.csv", "dialect": dialect, "seen": seen, "spellings": asked}
    return Job.objects.create(
        kind="contacts.import", slot="import:contacts", state=state, owner=owner, owner_name=owner.name,
        params=params, total=3, predicted={"created": 2, "failed": 1} if state == "reviewed" else {},
    )  # fmt: skip


def _merged(by: actors.Actor) -> Merge:
    survivor, other = factories.make_contact(), factories.make_contact()
    return merge_contacts(survivor, [other], {}, versions={survivor.pk: 1, other.pk: 1}, by=by)


@pytest.mark.parametrize("address", MATRIX)
def test_opens_to_whom_the_matrix_says(world: World, address: str) -> None:
    for case in cases_of(address):
        assert {role: world.answer(case, role) for role in ROLES} == case.statuses, str(case)
