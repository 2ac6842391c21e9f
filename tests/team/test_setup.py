"""The first admin, and those made on the command line."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import CommandError, call_command
from django.test import Client

from contacts.actions.activation import send_activations
from helpdesk.audit.models import AuditEntry
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.team.actions.house import first_house
from helpdesk.team.setup import first_run_url
from helpdesk.ui.house import house
from helpdesk.ui.models import Helpdesk
from helpdesk.users import actors
from helpdesk.users.models import User
from tests.conftest import SignIn
from tests.factories import make_admin, make_agent, make_contact

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Fiona First", "email": "fiona@helpdesk.example", "password": "quite-a-secret-1",
    "helpdesk_name": "Helpdesk", "helpdesk_language": "en", "helpdesk_time_zone": "UTC",
}  # fmt: skip


def path() -> str:
    url = first_run_url()
    assert url is not None
    return re.sub(r"^https?://[^/]+", "", url)


class TestFirstRun:
    def test_makes_the_first_admin_who_then_signs_in(self, client: Client) -> None:
        assert "Create its first admin" in client.get(path(), follow=True).content.decode()
        answer = client.post("/setup/", FORM, follow=True)
        assert answer.redirect_chain == [("/login/", 302)]
        assert 'value="fiona@helpdesk.example"' in answer.content.decode()
        client.post("/login/", {"email": "fiona@helpdesk.example", "password": FORM["password"]})
        assert client.get("/admin/team/").status_code == 200
        assert AuditEntry.objects.filter(action="user.create_admin").count() == 1

    def test_read_in_korean_it_proposes_korean_and_seouls_time(self) -> None:
        page = Client(headers={"accept-language": "ko-KR"}).get(path(), follow=True)
        assert page.context["form"].initial == {
            "helpdesk_name": "Helpdesk", "helpdesk_language": "ko", "helpdesk_time_zone": "Asia/Seoul"
        }  # fmt: skip

    def test_another_language_keeps_what_was_typed(self, client: Client) -> None:
        assert 'form="setup" name="language" value="ko"' in client.get(path(), follow=True).content.decode()
        answer = client.post("/setup/", {**FORM, "helpdesk_name": "Acme", "language": "ko"})
        text = answer.content.decode()
        assert answer.status_code == 200 and '<html lang="ko"' in text
        assert 'value="Fiona First"' in text and 'value="fiona@helpdesk.example"' in text and 'value="Acme"' in text
        assert answer.context["form"].initial["helpdesk_time_zone"] == "Asia/Seoul"
        assert FORM["password"] not in text and not User.objects.exists()
        assert '<html lang="ko"' in client.get("/setup/").content.decode()

    @pytest.mark.parametrize(("zone", "proposed"), [("UTC", "Asia/Seoul"), ("Asia/Tokyo", "Asia/Tokyo")])
    def test_a_time_zone_that_was_set_outside_stays(self, settings: Any, zone: str, proposed: str) -> None:
        settings.TIME_ZONE = zone
        assert (first_house("ko").time_zone, first_house("en").time_zone) == (proposed, zone)

    def test_what_was_chosen_holds_from_the_first_letter_on(self, client: Client) -> None:
        client.get(path())
        chosen = {"helpdesk_name": " Acme  Care ", "helpdesk_language": "ko", "helpdesk_time_zone": "Asia/Seoul"}
        client.post("/setup/", {**FORM, **chosen})
        assert (house().name, house().language, house().time_zone) == ("Acme Care", "ko", "Asia/Seoul")
        send_activations([make_contact().pk], by=actors.system("command"))
        assert OutgoingEmail.objects.get().language == "ko"
        entry = AuditEntry.objects.get(action="helpdesk.change")
        assert (entry.actor_name, entry.changes["language"]) == ("Fiona First", ["en", "ko"])

    def test_what_was_proposed_and_kept_leaves_the_word_to_the_environment(self, client: Client) -> None:
        client.get(path())
        client.post("/setup/", FORM)
        assert not Helpdesk.objects.exists()

    def test_nothing_is_printed_once_there_is_an_admin(self) -> None:
        make_admin()
        assert first_run_url() is None

    def test_an_admin_who_has_not_accepted_yet_does_not_count(self) -> None:
        admin = make_admin()
        admin.set_unusable_password()
        admin.save()
        assert first_run_url() is not None

    def test_the_link_dies_with_the_first_admin_also_in_open_forms(self, client: Client) -> None:
        link = path()
        client.get(link)
        make_admin()
        for answer in (client.post("/setup/", FORM), Client().get(link, follow=True)):
            text = answer.content.decode()
            assert answer.status_code == 410
            assert "has an admin already" in text and 'href="/login/"' in text
            assert "newer email" not in text and "Send me a new link" not in text
        assert User.objects.count() == 1

    def test_a_restart_prints_another_and_the_old_one_dies(self, client: Client) -> None:
        old, new = path(), path()
        answer = client.get(old, follow=True)
        assert answer.status_code == 410
        assert "prints a new link each time it starts" in answer.content.decode()
        assert client.get(new, follow=True).status_code == 200

    def test_works_once_for_whoever_is_first(self, client: Client) -> None:
        link, second = path(), Client()
        client.get(link)
        second.get(link)
        client.post("/setup/", FORM)
        assert second.post("/setup/", {**FORM, "email": "late@helpdesk.example"}).status_code == 410
        assert User.objects.get().email == "fiona@helpdesk.example"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("name", "\u200b"),
            ("email", "no address"),
            ("password", "short"),
            ("password", "fiona@helpdesk.example"),
            ("name", "nul\x00"),
            ("helpdesk_name", " "),
            ("helpdesk_language", "tlh"),
            ("helpdesk_time_zone", ""),
        ],
    )
    def test_bad_input_is_answered_at_its_field_and_the_link_lives(
        self, client: Client, field: str, value: str
    ) -> None:
        client.get(path())
        assert field in client.post("/setup/", {**FORM, field: value}).context["form"].errors
        assert client.post("/setup/", FORM).status_code == 302

    def test_a_contacts_address_is_refused_naming_them(self, client: Client) -> None:
        make_contact("Cara Contact", email="fiona@helpdesk.example")
        client.get(path())
        assert "Cara Contact" in client.post("/setup/", FORM).content.decode()
        assert client.post("/setup/", {**FORM, "email": "other@helpdesk.example"}).status_code == 302


def run(command: str, *args: str, stdin: str = "", monkeypatch: pytest.MonkeyPatch | None = None) -> str:
    out = io.StringIO()
    if monkeypatch is not None:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
    call_command(command, *args, stdout=out)
    return out.getvalue()


class TestCreateAdmin:
    def test_takes_the_password_from_stdin(self, monkeypatch: pytest.MonkeyPatch) -> None:
        said = run(
            "create_admin",
            "op@helpdesk.example",
            "--password-stdin",
            stdin="quite-a-secret-1\n",
            monkeypatch=monkeypatch,
        )
        user = User.objects.get()
        assert "can sign in" in said
        assert (user.role, user.email, user.name, user.check_password("quite-a-secret-1")) == (
            "admin",
            "op@helpdesk.example",
            "op",
            True,
        )
        assert AuditEntry.objects.get(action="user.create_admin").actor_name == "command"

    def test_or_from_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HELPDESK_ADMIN_PASSWORD", "quite-a-secret-1")
        run("create_admin", "op@helpdesk.example", "--name", "\u200b\u202eOlga Op")
        assert User.objects.get().name == "Olga Op"

    def test_the_first_ones_language_is_the_helpdesks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HELPDESK_ADMIN_PASSWORD", "quite-a-secret-1")
        run("create_admin", "op@helpdesk.example", "--language", "ko")
        assert (house().language, house().time_zone) == ("ko", "Asia/Seoul")
        run("create_admin", "op2@helpdesk.example", "--language", "en")
        assert house().language == "ko"

    def test_twice_changes_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HELPDESK_ADMIN_PASSWORD", "quite-a-secret-1")
        run("create_admin", "op@helpdesk.example")
        assert "is an admin already" in run("create_admin", "OP@helpdesk.example")
        assert User.objects.count() == 1

    def test_makes_an_agent_an_admin(self) -> None:
        agent = make_agent(is_active=False)
        assert "is an admin now" in run("create_admin", agent.email)
        agent.refresh_from_db()
        assert (agent.role, agent.is_active) == ("admin", True)

    @pytest.mark.parametrize(
        ("email", "password", "reason"),
        [
            ("no address", "quite-a-secret-1", "address"),
            ("op@helpdesk.example", "short", "too short"),
            ("cara@acme.example", "quite-a-secret-1", "Cara Contact"),
        ],
    )
    def test_refuses_with_the_reason(
        self, email: str, password: str, reason: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_contact("Cara Contact", email="cara@acme.example")
        with pytest.raises(CommandError, match=reason):
            run("create_admin", email, "--password-stdin", stdin=password, monkeypatch=monkeypatch)
        assert not User.objects.exists()

    def test_says_so_where_nobody_can_be_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(CommandError, match="--password-stdin"):
            run("create_admin", "op@helpdesk.example", monkeypatch=monkeypatch)

    def test_the_log_names_whom_it_was_done_as(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HELPDESK_ADMIN_PASSWORD", "quite-a-secret-1")
        admin = make_admin()
        run("create_admin", "op@helpdesk.example", "--as", admin.email)
        assert AuditEntry.objects.get(action="user.create_admin").actor_id == admin.pk
        with pytest.raises(CommandError, match="No active agent"):
            run("create_admin", "op2@helpdesk.example", "--as", "nobody@helpdesk.example")


class TestResetMfa:
    def test_takes_the_second_step_away_ends_sessions_and_tells(self, sign_in: SignIn) -> None:
        agent = make_agent()
        TOTP.activate(agent, generate_totp_secret())
        theirs = sign_in(agent)
        assert "removed" in run("reset_mfa", agent.email)
        assert not Authenticator.objects.exists()
        assert theirs.get("/profile/").status_code == 302
        assert OutgoingEmail.objects.get().notice == "team_security"
        assert AuditEntry.objects.filter(action="user.mfa_reset").count() == 1

    def test_says_so_where_there_was_none(self) -> None:
        assert "was not on" in run("reset_mfa", make_agent().email)

    def test_refuses_strangers(self) -> None:
        make_contact(email="cara@acme.example")
        with pytest.raises(CommandError, match="No agent"):
            run("reset_mfa", "cara@acme.example")
