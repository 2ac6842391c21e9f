"""Forgotten, changed, and imposed passwords of agents."""

from __future__ import annotations

import pytest
from django.test import Client

from helpdesk.audit.models import AuditEntry
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.team import tasks
from helpdesk.team.actions import asking, members
from helpdesk.team.actions.passwords import change_own
from helpdesk.team.models import LinkRequest
from helpdesk.team.notices import still_wants_reset
from helpdesk.users import actors
from helpdesk.users.models import User
from tests.conftest import SignIn
from tests.factories import PASSWORD, make_agent, make_contact, make_customer
from tests.portal.letters import expire
from tests.team.letters import arrived, written

pytestmark = pytest.mark.django_db
COMMAND = actors.system("command")
NEW = "quite-a-secret-1"


def ask(client: Client, email: str, ip: str = "203.0.113.5") -> object:
    """Ask at the agents' door, and let the worker answer."""
    page = client.post("/password/reset/", {"email": email}, REMOTE_ADDR=ip)
    for asked in LinkRequest.objects.order_by("pk"):
        tasks.answer_link_request(asked.pk)
    return page


def letters() -> list[str]:
    return list(OutgoingEmail.objects.order_by("pk").values_list("notice", flat=True))


class TestAsking:
    @pytest.mark.parametrize("email", ["ada@helpdesk.example", "nobody@helpdesk.example", "no address"])
    def test_the_answer_is_the_same_for_everybody(self, client: Client, email: str) -> None:
        make_agent(email="ada@helpdesk.example")
        page = client.post("/password/reset/", {"email": email}, follow=True)
        assert page.redirect_chain == [("/password/reset/asked/", 302)]
        assert LinkRequest.objects.count() == 1
        assert email not in page.content.decode()

    @pytest.mark.parametrize("email", ["", "nul\x00@x.example", "x" * 5000])
    def test_what_cannot_be_kept_is_told_at_its_field(self, client: Client, email: str) -> None:
        assert "email" in client.post("/password/reset/", {"email": email}).context["form"].errors

    def test_an_agent_gets_a_reset_at_the_stored_address(self, client: Client) -> None:
        make_agent(email="Ada@helpdesk.example")
        ask(client, "ａｄａ@helpdesk.example")
        letter = OutgoingEmail.objects.get()
        assert (letter.notice, letter.to_email, letter.link_path) == (
            "team_reset",
            "Ada@helpdesk.example",
            "/password/reset/{token}/",
        )

    def test_an_invited_agent_gets_the_invitation(self, client: Client) -> None:
        agent = make_agent(email="ivy@helpdesk.example")
        agent.set_unusable_password()
        agent.save()
        ask(client, "ivy@helpdesk.example")
        assert letters() == ["team_invitation"]

    def test_customers_get_theirs_here_too(self, client: Client) -> None:
        make_customer(email="kim@acme.example")
        make_contact(email="lee@acme.example")
        ask(client, "kim@acme.example")
        ask(client, "lee@acme.example")
        assert letters() == ["password_reset", "user_activation"]

    def test_the_deactivated_and_nobody_get_nothing(self, client: Client) -> None:
        make_agent(email="otto@helpdesk.example", is_active=False)
        for email in ("otto@helpdesk.example", "nobody@helpdesk.example", "no address"):
            ask(client, email)
        assert letters() == []
        assert not LinkRequest.objects.exists()

    def test_three_an_hour(self, client: Client) -> None:
        make_agent(email="ada@helpdesk.example")
        for _ in range(5):
            ask(client, "ada@helpdesk.example")
        assert letters() == ["team_reset"] * 3

    def test_twenty_an_hour_from_one_place(self, client: Client) -> None:
        for number in range(20):
            ask(client, f"someone{number}@helpdesk.example")
        make_agent(email="ada@helpdesk.example")
        assert ask(client, "ada@helpdesk.example")["Location"] == "/password/reset/asked/"  # type: ignore[index]
        assert letters() == []
        ask(client, "ada@helpdesk.example", ip="198.51.100.1")
        assert letters() == ["team_reset"]

    def test_of_two_workers_one_answers(self) -> None:
        make_agent(email="ada@helpdesk.example")
        asking.ask_for_link("ada@helpdesk.example", by=actors.visitor(ip="203.0.113.5"))
        request = LinkRequest.objects.get()
        tasks.answer_link_request(request.pk)
        tasks.answer_link_request(request.pk)
        assert letters() == ["team_reset"]


def reset_link(agent: User, client: Client) -> str:
    ask(client, agent.email)
    return arrived(agent, "team_reset")


class TestResetting:
    def test_sets_the_password_ends_sessions_and_tells(self, client: Client, sign_in: SignIn) -> None:
        agent = make_agent()
        theirs = sign_in(agent)
        client.get(f"/password/reset/{reset_link(agent, client)}/", follow=True)
        answer = client.post("/password/reset/new/", {"password": NEW}, follow=True)
        agent.refresh_from_db()
        assert answer.redirect_chain == [("/login/", 302)]
        assert f'value="{agent.email}"' in answer.content.decode()
        assert agent.check_password(NEW)
        assert theirs.get("/profile/").status_code == 302
        assert letters() == ["team_reset", "team_security"]
        assert AuditEntry.objects.get(action="user.reset_password").actor_id == agent.pk

    def test_a_rejected_password_leaves_the_link_alive(self, client: Client) -> None:
        agent = make_agent(email="ada.lovelace@helpdesk.example")
        client.get(f"/password/reset/{reset_link(agent, client)}/")
        for bad in ("short", "password123", "ada.lovelace-1", "", "x" * 5000):
            page = client.post("/password/reset/new/", {"password": bad})
            assert page.status_code == 200
            assert "password" in page.context["form"].errors
        assert client.post("/password/reset/new/", {"password": NEW}).status_code == 302

    def test_a_double_click_is_answered_once(self, client: Client) -> None:
        agent = make_agent()
        client.get(f"/password/reset/{reset_link(agent, client)}/")
        for _ in range(2):
            answer = client.post("/password/reset/new/", {"password": NEW, "form_id": "abcdefghijklmnopqrstuv"})
            assert answer["Location"] == "/login/"
        assert written("team_security") == 1

    @pytest.mark.parametrize("how", ["used", "expired", "newer", "deactivated", "changed", "unknown"])
    def test_dead_links_get_one_page(self, client: Client, how: str) -> None:
        agent = make_agent()
        token = reset_link(agent, client)
        if how == "used":
            client.get(f"/password/reset/{token}/")
            client.post("/password/reset/new/", {"password": NEW})
        if how == "expired":
            expire(token)
        if how == "newer":
            reset_link(agent, client)
        if how == "deactivated":
            members.deactivate(agent, by=COMMAND)
        if how == "changed":
            change_own(agent, NEW, by=actors.person(agent))
        page = Client().get(f"/password/reset/{'x' if how == 'unknown' else token}/", follow=True)
        assert page.status_code == 410
        assert "This link is no longer valid" in page.content.decode()

    def test_somebody_elses_session_holds_no_link(self, client: Client) -> None:
        assert client.post("/password/reset/new/", {"password": NEW}).status_code == 410

    def test_an_invitation_is_no_reset(self, client: Client) -> None:
        agent = make_agent()
        token = reset_link(agent, client)
        assert client.get(f"/invitation/{token}/", follow=True).status_code == 410

    def test_a_queued_letter_is_no_longer_wanted_once_a_password_was_set(self, client: Client) -> None:
        agent = make_agent(email="ada@helpdesk.example")
        ask(client, agent.email)
        letter = OutgoingEmail.objects.get()
        assert still_wants_reset(letter) == ""
        change_own(agent, NEW, by=actors.person(agent))
        assert "new password" in still_wants_reset(letter)
        ask(client, agent.email)
        assert still_wants_reset(OutgoingEmail.objects.filter(notice="team_reset").latest("pk")) == ""


class TestChanging:
    URL = "/profile/password/"

    def test_takes_the_present_one(self, sign_in: SignIn) -> None:
        agent = make_agent()
        client = sign_in(agent)
        for given in ({"password": NEW}, {"current": "wrong", "password": NEW}):
            assert "current" in client.post(self.URL, given).context["form"].errors
        assert client.post(self.URL, {"current": PASSWORD, "password": NEW})["Location"] == "/profile/"
        agent.refresh_from_db()
        assert agent.check_password(NEW)
        assert letters() == ["team_security"]
        assert AuditEntry.objects.filter(action="user.change_password").count() == 1

    def test_the_new_one_is_another(self, as_agent: Client) -> None:
        page = as_agent.post(self.URL, {"current": PASSWORD, "password": PASSWORD})
        assert "password" in page.context["form"].errors

    def test_guessing_the_present_one_is_limited(self, as_agent: Client) -> None:
        for _ in range(10):
            as_agent.post(self.URL, {"current": "wrong", "password": NEW})
        assert "current" in as_agent.post(self.URL, {"current": PASSWORD, "password": NEW}).context["form"].errors

    def test_an_imposed_password_goes_first(self, sign_in: SignIn) -> None:
        client = sign_in(make_agent(must_change_password=True))
        assert client.get("/profile/")["Location"] == self.URL
        assert client.get("/companies/")["Location"] == self.URL
        assert client.get("/companies/", headers={"HX-Request": "true"})["HX-Redirect"] == self.URL
        assert "current" not in client.get(self.URL).context["form"].fields
        assert client.post(self.URL, {"password": NEW})["Location"] == "/profile/"
        assert client.get("/profile/").status_code == 200

    def test_customers_have_their_own_page(self, as_customer: Client) -> None:
        assert as_customer.get(self.URL).status_code == 403
