"""Whatever is typed, forged or cut short is answered, never with a 500: every form of every page, every query string.

The test client raises what a view raises, so an unanswered request fails here with its traceback.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar
from unittest import mock
from urllib.parse import quote, urlencode

import pytest
from django.http import QueryDict
from django.test import Client

from tests.hostile import BY_THEMSELVES, HALF_A_CHARACTER, HOSTILE, Form, forms_of, mixed
from tests.test_doors import MATRIX, Case, World, admits, cases_of, world  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db
ROLES = ("visitor", "customer", "admin")
QUERY = (
    *(
        "q",
        "view",
        "sort",
        "company",
        "cursor",
        "contact",
        "wait",
        "state",
        "tab",
        "next",
        "for",
        "activation",
        "before",
    ),
    *("who", "group", "kind", "about", "first_day", "last_day", "purpose", "outcome", "seen"),
)
FIELDS = (*QUERY, "email", "password", "version", "on")
AS_TYPED = "application/x-www-form-urlencoded"
WORST = ("nul", "over-long", "markup")
QUIET = (200, 302, 303, 400, 403, 404, 405, 409, 410, 413, 422, 429)


@pytest.mark.parametrize("role", ROLES)
def test_every_form_of_every_page_survives_what_is_typed(world: World, role: str) -> None:  # noqa: F811
    tried: set[tuple[str, ...]] = set()
    for case in _pages():
        for form in _forms_at(world, case, role):
            if form.method == "post" and form.shape not in tried:
                tried.add(form.shape)
                _attack(world, form, role)
    assert len(tried) > 2


@pytest.mark.parametrize("role", ROLES)
def test_every_address_survives_a_forged_post(world: World, role: str) -> None:  # noqa: F811
    """Each name the view asks its form for, twice over, with each hostile text."""
    for there in _addresses(world, role, "POST"):
        names = sorted(_asked_of_the_form(world, role, there))
        forged = [dict.fromkeys(names, HOSTILE[kind]) for kind in BY_THEMSELVES]
        forged += list(mixed(names))[:: 1 if role == "admin" else 3]
        for data in forged if names else ():
            body = urlencode({name: [text, text + "1"] for name, text in data.items()}, doseq=True)
            with world.undone(role) as browser:
                answer = browser.post(there, body, content_type=AS_TYPED)
            assert answer.status_code in (*QUIET, 503), f"{there} {next(iter(data.values()))[:9]!r}"


@pytest.mark.parametrize(("role", "kind"), [(role, kind) for role in ROLES for kind in WORST])
def test_every_page_survives_its_query_string(world: World, role: str, kind: str) -> None:  # noqa: F811
    for there in _addresses(world, role, "GET"):
        _quiet(world, role, "get", f"{there}?{urlencode(dict.fromkeys(QUERY, HOSTILE[kind]))}", None, what=there)


def test_a_closed_door_survives_the_query_string(world: World) -> None:  # noqa: F811
    for role in ("visitor", "customer"):
        there = world.address(next(cases_of("/contacts/")), role)
        for text in HOSTILE.values():
            _quiet(world, role, "get", f"{there}?{urlencode(dict.fromkeys(QUERY, text))}", None, what=there)


@pytest.mark.parametrize("address", [address for address in MATRIX if admits(address, "admin")])
def test_every_page_survives_each_parameter_it_reads(world: World, address: str) -> None:  # noqa: F811
    for case in (case for case in cases_of(address) if case.method == "GET"):
        there = world.address(case, "admin")
        names = sorted(_read_by(world, there))
        alone = [{name: HOSTILE[kind]} for name in names for kind in BY_THEMSELVES]
        for query in (*alone, *mixed(names)) if names else ():
            _quiet(world, "admin", "get", there, query, what=f"{there} {query}"[:200])


def test_lists_are_seen_to_read_their_parameters(world: World) -> None:  # noqa: F811
    """So that the test above tries something."""
    assert _read_by(world, "/contacts/") >= {"view", "sort", "q", "company", "cursor"}
    assert _read_by(world, "/admin/audit-log/") >= {"who", "first_day", "last_day"}


@pytest.mark.parametrize("role", ROLES)
def test_half_a_character_is_refused_or_replaced(world: World, role: str) -> None:  # noqa: F811
    half = quote(HALF_A_CHARACTER)
    for there in _addresses(world, role, "GET"):
        _quiet(world, role, "get", f"{there}?q={half}&cursor={half}&next={half}", None, what=there)
    body = "&".join(f"{name}={half}" for name in (*FIELDS, "name"))
    for there in _addresses(world, role, "POST"):
        with world.undone(role) as browser:
            answer = browser.post(there, body, content_type=AS_TYPED)
            assert answer.status_code in QUIET, there


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "MADEUP"])
def test_no_address_knows_another_method(world: World, method: str) -> None:  # noqa: F811
    for address in MATRIX:
        with world.undone("admin") as browser:
            answer = browser.generic(method, world.address(next(cases_of(address)), "admin"))
            assert answer.status_code == 405, address


@pytest.mark.parametrize("role", ROLES)
def test_head_is_answered_as_get_is(world: World, role: str) -> None:  # noqa: F811
    for case in _pages():
        there = world.address(case, role)
        with world.undone(role) as browser:
            assert browser.head(there).status_code == case.statuses[role], there


@pytest.mark.parametrize(
    "address", [name for name, cases in MATRIX.items() if not any("POST" in case for case in cases)]
)
def test_a_page_takes_no_form(world: World, address: str) -> None:  # noqa: F811
    with world.undone("admin") as browser:
        assert browser.post(world.address(next(cases_of(address)), "admin")).status_code in (404, 405)


def _read_by(world: World, address: str) -> set[str]:  # noqa: F811
    """The parameters whose values the page at `address` asks its query string for."""
    watched = _watched()
    with world.undone("admin") as browser, mock.patch("django.core.handlers.wsgi.QueryDict", watched):
        browser.get(address, {"watched": "1"})
    asked: set[str] = watched.asked
    return asked - {"watched"}


def _asked_of_the_form(world: World, role: str, address: str) -> set[str]:  # noqa: F811
    """The fields the view at `address` asks what was posted for: of an empty form, and of one where each has a text."""
    asked: set[str] = set()
    for _ in range(2):
        watched = _watched()
        body = urlencode(dict.fromkeys((*FIELDS, *asked), "1"))
        with world.undone(role) as browser, mock.patch("django.http.request.QueryDict", watched):
            answer = browser.post(address, body, content_type=AS_TYPED)
        assert answer.status_code in (*QUIET, 503), address
        asked |= watched.asked
    return asked


def _watched() -> type[Any]:
    """A `QueryDict` that keeps the names it is asked for in `asked`."""

    class Watched(QueryDict):
        asked: ClassVar[set[str]] = set()

        def __getitem__(self, name: str) -> Any:
            self.asked.add(name)
            return super().__getitem__(name)

        def __contains__(self, name: object) -> bool:
            self.asked.add(str(name))
            return super().__contains__(name)

        def getlist(self, name: str, default: Any = None) -> Any:
            self.asked.add(name)
            return super().getlist(name, default)

    return Watched


def _addresses(world: World, role: str, method: str) -> Iterator[str]:  # noqa: F811
    """One of each kind that reads what `role` sends by `method`; whom a door turns away is not read."""
    for address in MATRIX:
        case = next((case for case in cases_of(address) if case.method == method), None)
        if case and admits(address, role):
            yield world.address(case, role)


def _pages() -> Iterator[Case]:
    for address in MATRIX:
        yield from (case for case in cases_of(address) if case.method == "GET")


def _forms_at(world: World, case: Case, role: str) -> list[Form]:  # noqa: F811
    with world.undone(role) as browser:
        address = world.address(case, role)
        answer = browser.get(address)
        is_page = answer.status_code in (200, 410) and "html" in answer.headers.get("Content-Type", "")
        return forms_of(answer.content.decode(), address) if is_page else []


def _attack(world: World, form: Form, role: str) -> None:  # noqa: F811
    for what, data in form.attacks():
        _quiet(world, role, "post", form.action, data, what=f"{form.action} {what}")


def _quiet(world: World, role: str, method: str, address: str, data: object, *, what: str) -> None:  # noqa: F811
    with world.undone(role) as browser:
        answer = getattr(browser, method)(address, data)
    assert answer.status_code in (*QUIET, 503), what


def test_more_than_a_page_of_rows_is_refused(as_agent: Client) -> None:
    """31 ids where a page has 30."""
    query = urlencode([("contact", number) for number in range(1, 32)])
    assert as_agent.get(f"/contacts/rows/?{query}").status_code == 400
