"""Whatever is typed, forged or cut short is answered, never with a 500: every form of every page, every query string.

The test client raises what a view raises, so an unanswered request fails here with its traceback.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from django.test import Client

from tests.hostile import HALF_A_CHARACTER, HOSTILE, Form, forms_of
from tests.test_doors import MATRIX, Case, World, cases_of, world  # noqa: F401 (a fixture)

ROLES = ("visitor", "customer", "admin")
QUERY = (
    *("q", "view", "sort", "company", "cursor", "contact", "wait", "state", "tab", "next", "for", "activation"),
    *("who", "group", "kind", "about", "first_day", "last_day", "purpose"),
)
LISTS = (
    "/contacts/",
    "/contacts/rows/",
    "/contacts/company-names/",
    "/companies/",
    "/admin/outbox/",
    "/admin/audit-log/",
)
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
@pytest.mark.parametrize("kind", HOSTILE)
def test_every_address_survives_a_forged_post(world: World, role: str, kind: str) -> None:  # noqa: F811
    forged = {name: [HOSTILE[kind], HOSTILE[kind] + "1"] for name in (*QUERY, "email", "password", "version", "on")}
    for address in MATRIX:
        case = next(cases_of(address))
        _quiet(world, role, "post", world.address(case, role), forged, what=f"{address} {kind}")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", HOSTILE)
def test_every_page_survives_its_query_string(world: World, role: str, kind: str) -> None:  # noqa: F811
    for address in MATRIX:
        case = next(cases_of(address))
        there = f"{world.address(case, role)}?{urlencode(dict.fromkeys(QUERY, HOSTILE[kind]))}"
        _quiet(world, role, "get", there, None, what=f"{address} {kind}")


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("name", QUERY)
def test_every_list_survives_each_parameter(as_admin: Client, address: str, name: str) -> None:
    for kind, text in HOSTILE.items():
        assert as_admin.get(address, {name: text}).status_code in QUIET, f"{address} {name} {kind}"


@pytest.mark.parametrize("address", MATRIX)
def test_half_a_character_is_refused_or_replaced(world: World, address: str) -> None:  # noqa: F811
    case, half = next(cases_of(address)), quote(HALF_A_CHARACTER)
    for role in ROLES:
        there = world.address(case, role)
        _quiet(world, role, "get", f"{there}?q={half}&cursor={half}&next={half}", None, what=address)
        with world.undone(role) as browser:
            body = "&".join(f"{name}={half}" for name in (*QUERY, "email", "password", "name"))
            answer = browser.post(there, body, content_type="application/x-www-form-urlencoded")
            assert answer.status_code in QUIET, address


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
            expected = browser.get(there).status_code
        with world.undone(role) as browser:
            assert browser.head(there).status_code == expected, there


@pytest.mark.parametrize(
    "address", [name for name, cases in MATRIX.items() if not any("POST" in case for case in cases)]
)
def test_a_page_takes_no_form(world: World, address: str) -> None:  # noqa: F811
    with world.undone("admin") as browser:
        assert browser.post(world.address(next(cases_of(address)), "admin")).status_code in (404, 405)


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
