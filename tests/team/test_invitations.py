"""From the invitation to the first sign-in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from helpdesk.audit.models import AuditEntry
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.outbox.notices import CATALOGUE
from helpdesk.team.actions import invitations, members
from helpdesk.team.actions.passwords import LinkSpent
from helpdesk.users import actors
from helpdesk.users.models import User
from helpdesk.users.roles import Role
from helpdesk.users.throttling import forget
from tests.conftest import SignIn
from tests.factories import make_agent, make_contact
from tests.portal.letters import expire, link_of
from tests.team.letters import arrived, written

pytestmark = pytest.mark.django_db
COMMAND = actors.system("command")
FORM = {"email": "new@helpdesk.example", "name": "Nari New", "role": "supervisor", "language": "ko"}


def invited(email: str = "new@helpdesk.example") -> User:
    return invitations.invite(email, name="Nari New", role="agent", language="en", by=COMMAND)


def follow(client: Client, token: str, path: str = "invitation") -> str:
    """Open the link as a browser does; returns the page."""
    return client.get(f"/{path}/{token}/", follow=True).content.decode()


class TestInviting:
    def test_writes_a_letter_in_the_chosen_language(self, as_admin: Client) -> None:
        assert as_admin.post("/admin/team/invite/", FORM)["Location"] == "/admin/team/"
        user = User.objects.get(email="new@helpdesk.example")
        letter = OutgoingEmail.objects.get(notice="team_invitation")
        assert (user.name, user.role, user.language, user.is_invited) == ("Nari New", "supervisor", "ko", True)
        assert (letter.to_email, letter.language, letter.about_id) == ("new@helpdesk.example", "ko", user.pk)
        assert "Alma Admin" in letter.text
        with translation.override("ko"):
            assert f" {Role.SUPERVISOR.label}. " in letter.text
        assert AuditEntry.objects.filter(action="user.invite", target_id=user.pk).count() == 1

    @pytest.mark.parametrize("name", ["", "\u200b"])
    def test_a_name_may_come_later(self, as_admin: Client, name: str) -> None:
        as_admin.post("/admin/team/invite/", {**FORM, "name": name})
        assert User.objects.get(email="new@helpdesk.example").name == "new"

    def test_a_double_click_invites_once(self, as_admin: Client) -> None:
        for _ in range(2):
            answer = as_admin.post("/admin/team/invite/", {**FORM, "form_id": "abcdefghijklmnopqrstuv"})
        assert answer["Location"] == "/admin/team/"
        assert written("team_invitation") == 1

    def test_an_agents_address_is_refused_naming_them(self, as_admin: Client) -> None:
        owner = make_agent(email="taken@helpdesk.example", name="Tora Taken")
        page = as_admin.post("/admin/team/invite/", {**FORM, "email": "TAKEN@helpdesk.example"}).content.decode()
        assert f'<a href="/admin/team/{owner.pk}/">Tora Taken</a>' in page
        assert User.objects.filter(role="supervisor").count() == 0

    def test_a_contacts_address_is_refused_leading_to_them(self, as_admin: Client) -> None:
        contact = make_contact("Cara Contact", email="cara@acme.example")
        page = as_admin.post("/admin/team/invite/", {**FORM, "email": "cara@acme.example"}).content.decode()
        assert f'<a href="{contact.get_absolute_url()}">Cara Contact</a>' in page
        assert written("team_invitation") == 0

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("email", ""),
            ("email", "no address"),
            ("email", "\u212aelvin@helpdesk.example"),
            ("email", "nul\x00@helpdesk.example"),
            ("email", "x" * 5000),
            ("name", "nul\x00"),
            ("name", "x" * 201),
            ("role", "owner"),
            ("role", ""),
            ("language", "fr"),
        ],
    )
    def test_bad_input_is_answered_at_its_field(self, as_admin: Client, field: str, value: str) -> None:
        page = as_admin.post("/admin/team/invite/", {**FORM, field: value})
        assert page.status_code == 200
        assert field in page.context["form"].errors
        assert written("team_invitation") == 0

    @pytest.mark.parametrize("who", ["as_agent", "as_supervisor", "as_customer"])
    def test_others_may_not(self, who: str, request: pytest.FixtureRequest) -> None:
        assert request.getfixturevalue(who).post("/admin/team/invite/", FORM).status_code == 403
        assert written("team_invitation") == 0


class TestAccepting:
    def test_sets_name_and_password_and_leads_to_sign_in(self, client: Client) -> None:
        user = invited()
        page = follow(client, arrived(user, "team_invitation"))
        assert "new@helpdesk.example" in page
        answer = client.post("/invitation/", {"name": "Nari Neu", "password": "quite-a-secret-1"}, follow=True)
        user.refresh_from_db()
        assert answer.redirect_chain == [("/login/", 302)]
        assert 'value="new@helpdesk.example"' in answer.content.decode()
        assert (user.name, user.check_password("quite-a-secret-1")) == ("Nari Neu", True)
        assert AuditEntry.objects.get(action="user.accept").actor_id == user.pk

    def test_asks_for_a_name_that_can_be_seen(self, client: Client) -> None:
        user = invited()
        follow(client, arrived(user, "team_invitation"))
        answer = client.post("/invitation/", {"name": "\u200b", "password": "quite-a-secret-1"})
        assert "name" in answer.context["form"].errors

    @pytest.mark.parametrize("language", ["ko", "en"])
    def test_whoever_accepts_in_a_language_works_in_it(self, language: str) -> None:
        user, browser = invited(), Client(headers={"accept-language": language})
        follow(browser, arrived(user, "team_invitation"))
        browser.post("/invitation/", {"name": "Nari Neu", "password": "quite-a-secret-1"})
        user.refresh_from_db()
        assert user.language == language

    def test_the_token_leaves_the_address(self, client: Client) -> None:
        token = arrived(invited(), "team_invitation")
        assert client.get(f"/invitation/{token}/")["Location"] == "/invitation/"

    def test_looking_uses_nothing_up(self, client: Client) -> None:
        token = arrived(invited(), "team_invitation")
        for _ in range(3):
            Client().head(f"/invitation/{token}/")
            Client().get(f"/invitation/{token}/", follow=True)
        assert "Join the team" in follow(client, token)

    @pytest.mark.parametrize(
        "password", ["short", "password123", "new@helpdesk.example", "", "nul\x00nul\x00nul", "x" * 5000]
    )
    def test_a_rejected_password_leaves_the_link_alive(self, client: Client, password: str) -> None:
        user = invited()
        follow(client, arrived(user, "team_invitation"))
        assert client.post("/invitation/", {"name": "N", "password": password}).status_code == 200
        assert client.post("/invitation/", {"name": "N", "password": "quite-a-secret-1"}).status_code == 302

    def test_works_once(self, client: Client) -> None:
        user = invited()
        token = arrived(user, "team_invitation")
        other = Client()
        follow(client, token)
        follow(other, token)
        client.post("/invitation/", {"name": "N", "password": "quite-a-secret-1"})
        assert other.post("/invitation/", {"name": "M", "password": "another-secret-1"}).status_code == 410
        assert User.objects.get(pk=user.pk).check_password("quite-a-secret-1")

    def test_two_at_once_have_one_winner(self) -> None:
        link = link_of(arrived(invited(), "team_invitation"))
        invitations.accept(link, name="N", password="quite-a-secret-1", language="en", by=COMMAND)
        with pytest.raises(LinkSpent):
            invitations.accept(link, name="M", password="another-secret-1", language="en", by=COMMAND)

    @pytest.mark.parametrize("how", ["expired", "newer", "withdrawn", "deactivated", "truncated", "unknown"])
    def test_dead_links_get_one_page(self, client: Client, how: str) -> None:
        user = invited()
        token = arrived(user, "team_invitation")
        self._kill(how, user, token)
        token = token[:-1] if how == "truncated" else "nothing" if how == "unknown" else token
        page = client.get(f"/invitation/{token}/", follow=True)
        assert page.status_code == 410
        assert "This link is no longer valid" in page.content.decode()

    def _kill(self, how: str, user: User, token: str) -> None:
        if how == "expired":
            expire(token)
        if how == "newer":
            forget(invitations.AGAIN, str(user.pk))
            invitations.invite_again(user, by=COMMAND)
            arrived(user, "team_invitation")
        if how == "withdrawn":
            invitations.withdraw(user, by=COMMAND)
        if how == "deactivated":
            members.deactivate(user, by=COMMAND)

    def test_a_signed_in_browser_is_asked_first(self, sign_in: SignIn) -> None:
        user = invited()
        client = sign_in(make_agent(name="Ada Agent"))
        page = follow(client, arrived(user, "team_invitation"))
        assert "You are signed in as Ada Agent. Sign out and continue?" in page
        assert client.post("/invitation/", {"name": "N", "password": "quite-a-secret-1"}).status_code == 200
        assert User.objects.get(pk=user.pk).is_invited
        page = client.post("/links/leave/", {"purpose": "invite"}, follow=True).content.decode()
        assert "Join the team" in page
        assert "_auth_user_id" not in client.session


class TestAgain:
    def test_an_invitation_can_be_sent_again_after_a_minute(self, as_admin: Client) -> None:
        user = invited()
        page = as_admin.post(f"/admin/team/{user.pk}/invite-again/", follow=True).content.decode()
        assert "less than a minute ago" in page
        assert written("team_invitation") == 1
        forget(invitations.AGAIN, str(user.pk))
        as_admin.post(f"/admin/team/{user.pk}/invite-again/")
        assert written("team_invitation") == 2

    def test_not_to_those_who_have_accepted(self) -> None:
        with pytest.raises(invitations.NotInvited):
            invitations.invite_again(make_agent(), by=COMMAND)


class TestWithdrawing:
    def test_frees_the_address(self, as_admin: Client) -> None:
        user = invited()
        assert "Withdraw" in as_admin.get(f"/admin/team/{user.pk}/withdraw/").content.decode()
        assert User.objects.filter(pk=user.pk).exists()
        as_admin.post(f"/admin/team/{user.pk}/withdraw/")
        assert not User.objects.filter(pk=user.pk).exists()
        make_contact(email="new@helpdesk.example")
        assert AuditEntry.objects.get(action="user.withdraw").target_name == "Nari New"

    def test_not_from_those_who_have_accepted(self, as_admin: Client) -> None:
        agent = make_agent()
        page = as_admin.post(f"/admin/team/{agent.pk}/withdraw/", follow=True).content.decode()
        assert "accepted already" in page
        assert User.objects.filter(pk=agent.pk).exists()


class TestStillWanted:
    def test_the_letter_of_a_withdrawn_invitation_stays(self) -> None:
        user = invited()
        letter = OutgoingEmail.objects.get(notice="team_invitation")
        wanted = CATALOGUE["team_invitation"].still_wanted
        assert wanted is not None
        assert wanted(letter) == ""
        members.deactivate(user, by=COMMAND)
        assert wanted(letter) == "The agent was deactivated."
        User.objects.filter(pk=user.pk).update(is_active=True, password="set")
        assert wanted(letter) == "The invitation has been accepted."
        assert wanted(OutgoingEmail(about_id=0)) == "The invitation was withdrawn."
