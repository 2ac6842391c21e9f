"""Agents as admins see and change them: owner, colleague, stranger."""

from __future__ import annotations

import pytest
from django.test import Client

from helpdesk.audit.models import AuditEntry
from helpdesk.outbox.links import find, issue_printed
from helpdesk.team.actions import members
from helpdesk.users import actors
from helpdesk.users.models import User
from helpdesk.users.roles import GRANTS, Permission
from tests.conftest import SignIn
from tests.factories import make_admin, make_agent, make_customer, make_supervisor

pytestmark = pytest.mark.django_db
COMMAND = actors.system("command")


class TestList:
    def test_names_everybody_with_role_and_state(self, as_admin: Client) -> None:
        make_supervisor(name="Sora")
        make_agent(name="Otto Old", is_active=False)
        make_customer("Never Listed")
        page = as_admin.get("/admin/team/").content.decode()
        assert page.index("Alma Admin") < page.index("Sora") < page.index("Otto Old")
        assert "Deactivated" in page
        assert "Never Listed" not in page

    def test_costs_the_same_whatever_the_size_of_the_team(
        self, as_admin: Client, django_assert_max_num_queries: object
    ) -> None:
        for _ in range(20):
            make_agent()
        with django_assert_max_num_queries(4):  # type: ignore[operator]
            as_admin.get("/admin/team/")


class TestRole:
    def test_another_role_holds_from_the_next_request_on(self, as_admin: Client, sign_in: SignIn) -> None:
        agent = make_agent()
        theirs = sign_in(agent)
        assert theirs.get("/admin/team/").status_code == 403
        as_admin.post(f"/admin/team/{agent.pk}/", {"role": "admin"})
        assert theirs.get("/admin/team/").status_code == 200
        entry = AuditEntry.objects.get(action="user.change_role")
        assert (entry.changes, entry.target_name) == ({"role": ["agent", "admin"]}, "Ada Agent")

    def test_the_same_role_is_no_change(self, as_admin: Client) -> None:
        as_admin.post(f"/admin/team/{make_agent().pk}/", {"role": "agent"})
        assert not AuditEntry.objects.filter(action="user.change_role").exists()

    def test_not_ones_own(self, as_admin: Client) -> None:
        me: User = as_admin.user  # type: ignore[attr-defined]
        make_admin()
        page = as_admin.post(f"/admin/team/{me.pk}/", {"role": "agent"}, follow=True).content.decode()
        assert "You cannot do this to yourself" in page
        assert User.objects.get(pk=me.pk).role == "admin"

    @pytest.mark.parametrize("role", ["", "owner", "nul\x00"])
    def test_roles_that_do_not_exist(self, as_admin: Client, role: str) -> None:
        agent = make_agent()
        assert as_admin.post(f"/admin/team/{agent.pk}/", {"role": role}).status_code == 200
        assert User.objects.get(pk=agent.pk).role == "agent"


class TestLastAdmin:
    @pytest.mark.parametrize(
        "act",
        [
            lambda user: members.deactivate(user, by=COMMAND),
            lambda user: members.change_role(user, "agent", by=COMMAND),
        ],
    )
    def test_the_last_admin_stays(self, act: object) -> None:
        admin = make_admin()
        make_admin(is_active=False)
        waiting = make_admin()
        waiting.set_unusable_password()
        waiting.save()
        with pytest.raises(members.LastAdmin):
            act(admin)  # type: ignore[operator]
        admin.refresh_from_db()
        assert (admin.role, admin.is_active) == ("admin", True)

    def test_an_invited_admin_may_go(self) -> None:
        make_admin()
        waiting = make_admin()
        waiting.set_unusable_password()
        waiting.save()
        members.deactivate(waiting, by=COMMAND)
        assert not User.objects.get(pk=waiting.pk).is_active

    def test_of_two_admins_who_deactivate_each_other_one_stays(self) -> None:
        first, second = make_admin(), make_admin()
        members.deactivate(second, by=actors.person(first))
        with pytest.raises(members.LastAdmin):
            members.deactivate(first, by=actors.person(second))


class TestDeactivating:
    def test_is_asked_then_done_and_they_are_out(self, as_admin: Client, sign_in: SignIn) -> None:
        agent = make_agent()
        theirs = sign_in(agent)
        assert as_admin.get(f"/admin/team/{agent.pk}/deactivate/").status_code == 200
        assert theirs.get("/profile/").status_code == 200
        as_admin.post(f"/admin/team/{agent.pk}/deactivate/")
        assert theirs.get("/profile/").status_code == 302
        assert AuditEntry.objects.filter(action="user.deactivate", target_id=agent.pk).count() == 1

    def test_kills_open_links(self) -> None:
        agent = make_agent()
        token = issue_printed("reset", "users.user", agent.pk, 24)
        members.deactivate(agent, by=COMMAND)
        assert find(token, "reset").state == "revoked"

    def test_reactivated_they_sign_in_as_before_but_old_sessions_stay_ended(
        self, as_admin: Client, sign_in: SignIn
    ) -> None:
        agent = make_agent()
        theirs = sign_in(agent)
        members.deactivate(agent, by=COMMAND)
        as_admin.post(f"/admin/team/{agent.pk}/reactivate/")
        assert theirs.get("/profile/").status_code == 302
        agent.refresh_from_db()
        assert sign_in(agent).get("/profile/").status_code == 200

    def test_not_oneself(self, as_admin: Client) -> None:
        me: User = as_admin.user  # type: ignore[attr-defined]
        make_admin()
        as_admin.post(f"/admin/team/{me.pk}/deactivate/")
        assert User.objects.get(pk=me.pk).is_active


class TestStrangers:
    PAGES = ("", "withdraw/", "deactivate/", "reactivate/", "invite-again/")

    @pytest.mark.parametrize("page", PAGES)
    @pytest.mark.parametrize("who", ["as_agent", "as_supervisor", "as_customer"])
    def test_may_not(self, who: str, page: str, request: pytest.FixtureRequest) -> None:
        agent = make_agent()
        assert request.getfixturevalue(who).post(f"/admin/team/{agent.pk}/{page}", {"role": "admin"}).status_code == 403
        agent.refresh_from_db()
        assert (agent.role, agent.is_active) == ("agent", True)

    @pytest.mark.parametrize("page", PAGES)
    def test_customers_and_nobody_are_not_of_the_team(self, as_admin: Client, page: str) -> None:
        customer = make_customer().user
        assert customer is not None
        for pk in (customer.pk, 10**18, 10**30):
            assert as_admin.post(f"/admin/team/{pk}/{page}", {"role": "admin"}).status_code == 404
        customer.refresh_from_db()
        assert (customer.role, customer.is_active) == ("", True)


def test_the_roles_page_says_what_grants_say(as_admin: Client) -> None:
    rows = dict(as_admin.get("/admin/roles/").context["permissions"])
    assert len(rows) == len(Permission)
    assert rows[Permission.TEAM_MANAGE] == [False, False, True]
    assert sum(map(sum, rows.values())) == sum(map(len, GRANTS.values()))


def test_the_admin_page_shows_what_the_role_may_open(as_admin: Client, as_agent: Client) -> None:
    page = as_admin.get("/admin/").content.decode()
    for address in (
        "/admin/team/",
        "/admin/roles/",
        "/admin/audit-log/",
        "/admin/outbox/",
        "/admin/email-notifications/",
    ):
        assert f'href="{address}"' in page
    assert as_agent.get("/admin/").status_code == 403
