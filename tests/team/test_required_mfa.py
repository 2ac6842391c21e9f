"""Two-step sign-in required of all agents: who has none can set it up and sign out, and nothing else."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from helpdesk.audit.models import AuditEntry
from helpdesk.team.actions import house
from helpdesk.users import actors
from helpdesk.users.models import SignInPolicy, User
from tests import factories
from tests.conftest import SignIn
from tests.test_doors import MATRIX, ROLES, World, cases_of, world  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db
SWITCH = "/admin/settings/two-step/"
SYSTEM = actors.system("command")
OPEN = {
    "account_logout", "account_reauthenticate", "mfa_index", "mfa_activate_totp", "mfa_reauthenticate",
}  # fmt: skip


@pytest.fixture
def required() -> None:
    house.require_mfa(on=True, by=SYSTEM)


def secured(**fields: Any) -> User:
    user = factories.make_agent(**fields)
    TOTP.activate(user, generate_totp_secret())
    return user


def test_the_admin_who_asks_for_it_has_it_first(as_admin: Client, sign_in: SignIn) -> None:
    refused = as_admin.post(SWITCH, {"on": "1"})
    assert refused["Location"] == reverse("mfa_index") and not SignInPolicy.objects.filter(requires_mfa=True).exists()
    assert "for yourself first" in as_admin.get(reverse("mfa_index")).text
    browser = sign_in(secured(role="admin"))
    for _click in range(2):
        assert browser.post(SWITCH, {"on": "1"}).status_code == 302
    assert "1 of 2 agents have it." in browser.get("/admin/settings/").text
    assert AuditEntry.objects.get(action="helpdesk.require_mfa").changes == {"requires_mfa": [False, True]}
    assert as_admin.get("/admin/settings/")["Location"] == reverse("mfa_index")
    browser.post(SWITCH, {"on": "0"})
    assert as_admin.get("/admin/settings/").status_code == 200


def test_agents_without_it_come_nowhere_but_to_its_setup(required: None, as_agent: Client) -> None:
    for address in ("/contacts/", "/profile/", "/profile/password/", "/companies/new/"):
        assert as_agent.get(address)["Location"] == reverse("mfa_index"), address
    assert "requires two-step sign-in" in as_agent.get(reverse("mfa_index")).text
    part = as_agent.get("/contacts/rows/", headers={"hx-request": "true"})
    assert part.headers["HX-Redirect"] == reverse("mfa_index")
    assert as_agent.post("/contacts/new/", {"name": "x"})["Location"] == reverse("mfa_index")
    assert as_agent.get(reverse("mfa_activate_totp")).status_code in (200, 302)
    assert as_agent.post(reverse("account_logout")).status_code == 302
    assert "login" in as_agent.get("/contacts/")["Location"]


def test_no_door_that_asks_who_it_is_opens(required: None, world: World) -> None:  # noqa: F811
    """Every address of the matrix, by the matrix's people, none of whom has a second step."""
    stray = []
    for address in MATRIX:
        case = next(cases_of(address))
        if case.statuses["visitor"] not in (302, 403) or case.statuses["agent"] == case.statuses["visitor"] == 302:
            continue
        for role in ROLES[2:]:
            with world.undone(role) as browser:
                answer = browser.generic(case.method, world.address(case, role))
            name = answer.resolver_match.view_name if answer.resolver_match else ""
            is_for_customers = answer.status_code == 403 and address.startswith("/portal/")
            if name not in OPEN and not is_for_customers and answer.get("Location") != reverse("mfa_index"):
                stray.append(f"{role} {case}: {answer.status_code} {answer.get('Location')}")
    assert stray == []


def test_customers_and_agents_who_have_it_notice_nothing(
    required: None, as_customer: Client, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    assert as_customer.get("/portal/profile/").status_code == 200
    browser = sign_in(secured())
    with django_assert_max_num_queries(6):
        assert browser.get("/contacts/").status_code == 200


def test_a_contact_who_is_an_agent_waits_in_the_portal_too(required: None, sign_in: SignIn) -> None:
    contact = factories.make_customer()
    User.objects.filter(pk=contact.user_id).update(role="agent")
    assert contact.user is not None
    for address in ("/portal/", "/portal/profile/"):
        assert sign_in(contact.user).get(address)["Location"] == reverse("mfa_index")


def test_a_new_password_comes_first_and_no_circle_is_walked(required: None, sign_in: SignIn) -> None:
    browser = sign_in(factories.make_agent(must_change_password=True))
    assert browser.get("/contacts/")["Location"] == reverse("profile:password")
    assert browser.get(reverse("profile:password")).status_code == 200


def test_setting_it_up_opens_the_desk_and_losing_it_closes_it_again(required: None, sign_in: SignIn) -> None:
    user = factories.make_agent(email="nari@helpdesk.example")
    browser = sign_in(user)
    assert browser.get("/contacts/").status_code == 302
    TOTP.activate(user, generate_totp_secret())
    assert browser.get("/contacts/").status_code == 200
    call_command("reset_mfa", "nari@helpdesk.example")
    assert "login" in browser.get("/contacts/")["Location"]
    assert sign_in(User.objects.get(pk=user.pk)).get("/contacts/")["Location"] == reverse("mfa_index")


def test_while_required_it_cannot_be_turned_off(required: None, client: Client, sign_in: SignIn) -> None:
    user = secured()
    from helpdesk.signin import MFAAdapter

    authenticator = user.authenticator_set.get(type="totp")  # type: ignore[attr-defined]
    assert not MFAAdapter().can_delete_authenticator(authenticator)
    house.require_mfa(on=False, by=SYSTEM)
    assert MFAAdapter().can_delete_authenticator(authenticator)


def test_turning_it_off_says_why_not(required: None, sign_in: SignIn) -> None:
    user = secured()
    browser = sign_in(user)
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    answer = browser.post(reverse("mfa_deactivate_totp"))
    assert answer.status_code == 200 and "requires two-step sign-in of all agents" in answer.text
    assert user.authenticator_set.filter(type="totp").exists()  # type: ignore[attr-defined]


def test_a_half_finished_sign_in_is_no_way_around(required: None) -> None:
    user = factories.make_agent(email="nari@helpdesk.example")
    browser = Client()
    browser.post("/login/", {"email": user.email, "password": factories.PASSWORD})
    assert browser.get("/contacts/")["Location"] == reverse("mfa_index")
    assert browser.post("/profile/", {"name": "Mallory"})["Location"] == reverse("mfa_index")
    user.refresh_from_db()
    assert user.name != "Mallory"
