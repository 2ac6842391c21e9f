"""Both doors, home, the second step, and sessions that end."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.http import HttpResponse
from django.test import Client

from helpdesk.audit.models import AuditEntry
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.team.actions.passwords import change_own
from helpdesk.users import actors
from helpdesk.users.models import User
from tests.conftest import SignIn
from tests.factories import PASSWORD, make_admin, make_agent, make_contact, make_customer

pytestmark = pytest.mark.django_db
DOORS = pytest.mark.parametrize("door", ["/login/", "/portal/login/"])


def code_of(secret: str, at: float | None = None) -> str:
    """What an authenticator app shows (RFC 6238)."""
    return str(format_hotp_value(hotp_value(secret, int((at or time.time()) // 30))))


def with_second_step(user: User) -> str:
    secret = str(generate_totp_secret())
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def come_in(client: Client, user: User, door: str = "/login/", **more: str) -> HttpResponse:
    return client.post(door, {"email": user.email, "password": PASSWORD, **more})  # type: ignore[return-value]


def is_in(client: Client, user: User) -> bool:
    return client.session.get("_auth_user_id") == str(user.pk)


@DOORS
def test_right_credentials_lead_home_from_either_door(client: Client, door: str) -> None:
    customer = make_customer().user
    assert customer is not None
    for user, home in ((make_agent(), "/contacts/"), (customer, "/portal/")):
        browser = Client()
        assert come_in(browser, user, door)["Location"] == home
        assert is_in(browser, user)


@DOORS
def test_the_sessions_key_changes_at_sign_in(client: Client, door: str) -> None:
    session = client.session
    session["kept"] = "from before"
    session.save()
    before = session.session_key
    come_in(client, make_agent(), door)
    assert client.session.session_key not in (None, before)


def test_signing_in_over_somebody_else_keeps_nothing_of_theirs(sign_in: SignIn) -> None:
    first, second = make_agent(), make_agent()
    client = sign_in(first)
    session = client.session
    session["secret"] = "first's"
    session.save()
    client.post("/logout/")
    come_in(client, second)
    assert "secret" not in client.session


def test_whoever_fails_at_the_agents_door_gets_one_page(client: Client) -> None:
    make_agent(email="gone-away@helpdesk.example", is_active=False)
    make_agent(email="here-today@helpdesk.example")
    unverified = make_contact(email="unverified@helpdesk.example").addresses.get().email
    pages = {
        plain(client, email) for email in ("gone-away@helpdesk.example", "nobody-here@helpdesk.example", unverified)
    }
    pages.add(plain(client, "here-today@helpdesk.example", "wrong"))
    assert len(pages) == 1


def plain(client: Client, email: str, password: str = PASSWORD) -> str:
    page = Client().post("/login/", {"email": email, "password": password}).content.decode().replace(email, "EMAIL")
    return re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1ONCE", page)


def test_a_deactivated_agent_is_out_at_the_next_request(as_agent: Client) -> None:
    assert as_agent.get("/profile/").status_code == 200
    User.objects.filter(pk=as_agent.user.pk).update(is_active=False)  # type: ignore[attr-defined]
    assert as_agent.get("/profile/")["Location"] == "/login/?next=/profile/"


@pytest.mark.parametrize(
    ("page", "way"),
    [
        ("http://testserver/contacts/7/edit/?from=list", "/contacts/7/edit/%3Ffrom%3Dlist"),
        ("http://evil.example/contacts/7/edit/", "/"),
        ("http://testserver//evil.example/", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_whoever_was_signed_out_comes_back_to_the_page_of_the_form_they_sent(
    client: Client, page: str, way: str
) -> None:
    answer = client.post("/contacts/7/edit/", {"name": "Kim"}, headers={"Referer": page})
    assert answer["Location"] == f"/login/?next={way}"


LOST = "You were signed out. What you sent was not carried out; please do it again."


@pytest.mark.parametrize("path", ["/contacts/new/", "/portal/profile/"])
def test_whoever_sent_something_while_signed_out_hears_once_that_it_was_not_done(client: Client, path: str) -> None:
    customer = make_customer().user
    assert customer is not None
    user = customer if path.startswith("/portal") else make_agent()
    turned_away = client.post(path, {"name": "Kim"})
    arrived = come_in(client, user, str(turned_away["Location"]), next=path)
    assert arrived["Location"] == path
    assert [LOST in client.get(path).content.decode() for _ in range(2)] == [True, False]


def test_whoever_only_looked_hears_nothing(client: Client) -> None:
    come_in(client, make_agent(), str(client.get("/contacts/new/")["Location"]))
    assert LOST not in client.get("/contacts/new/").content.decode()


def test_what_was_sent_long_ago_is_not_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.post("/contacts/new/", {"name": "Kim"})
    monkeypatch.setattr("helpdesk.users.returning.time", lambda: time.time() + 3700)
    come_in(client, make_agent())
    assert LOST not in client.get("/contacts/new/").content.decode()


def test_a_changed_password_ends_other_sessions(sign_in: SignIn) -> None:
    agent = make_agent()
    here, elsewhere = sign_in(agent), sign_in(agent)
    here.post("/profile/password/", {"current": PASSWORD, "password": "a-new-secret-42"})
    assert here.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302


def test_signing_out_takes_a_post(as_agent: Client) -> None:
    assert "Sign out" in as_agent.get("/logout/").content.decode()
    assert is_in(as_agent, as_agent.user)  # type: ignore[attr-defined]
    assert as_agent.post("/logout/")["Location"] == "/login/"
    assert "_auth_user_id" not in as_agent.session


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(client: Client) -> None:
    cookie = come_in(client, make_agent()).cookies["helpdesk_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_agents_sign_ins_are_recorded_with_their_address(client: Client) -> None:
    agent = make_agent()
    client.post("/login/", {"email": agent.email, "password": PASSWORD}, REMOTE_ADDR="203.0.113.9")
    entry = AuditEntry.objects.get(action="user.sign_in")
    assert (entry.actor_id, entry.ip) == (agent.pk, "203.0.113.9")


class TestSecondStep:
    def test_the_password_alone_does_not_open(self, client: Client) -> None:
        agent = make_agent()
        with_second_step(agent)
        assert come_in(client, agent)["Location"] == "/login/code/"
        assert not is_in(client, agent)
        assert client.get("/profile/").status_code == 302

    @DOORS
    def test_a_code_of_the_app_does_and_next_is_kept(self, client: Client, door: str) -> None:
        agent = make_agent()
        secret = with_second_step(agent)
        come_in(client, agent, door, next="/profile/mfa/")
        assert client.post("/login/code/", {"code": code_of(secret)})["Location"] == "/profile/mfa/"
        assert is_in(client, agent)

    def test_each_code_works_once(self, client: Client) -> None:
        agent = make_agent()
        code = code_of(with_second_step(agent))
        for browser, answer in ((client, 302), (Client(), 200)):
            come_in(browser, agent)
            assert browser.post("/login/code/", {"code": code}).status_code == answer

    def test_a_recovery_code_works_once(self, client: Client) -> None:
        agent = make_agent()
        with_second_step(agent)
        codes = Authenticator.objects.get(user=agent, type="recovery_codes").wrap().get_unused_codes()
        come_in(client, agent)
        assert client.post("/login/code/", {"code": codes[0]}).status_code == 302
        again = Client()
        come_in(again, agent)
        assert again.post("/login/code/", {"code": codes[0]}).status_code == 200

    @pytest.mark.parametrize("wrong", ["000000", "", "x" * 5000, "nul\x00", "１２３４５６"])
    def test_wrong_codes_are_told(self, client: Client, wrong: str) -> None:
        agent = make_agent()
        with_second_step(agent)
        come_in(client, agent)
        page = client.post("/login/code/", {"code": wrong})
        assert page.status_code == 200
        assert "field-errors" in page.content.decode()
        assert not is_in(client, agent)

    def test_guessing_is_limited(self, client: Client) -> None:
        agent = make_agent()
        secret = with_second_step(agent)
        come_in(client, agent)
        for _ in range(5):
            client.post("/login/code/", {"code": "000000"})
        assert client.post("/login/code/", {"code": code_of(secret)}).status_code == 200
        assert not is_in(client, agent)

    def test_an_agent_deactivated_between_the_steps_stays_out(self, client: Client) -> None:
        agent = make_agent()
        secret = with_second_step(agent)
        come_in(client, agent)
        User.objects.filter(pk=agent.pk).update(is_active=False)
        client.post("/login/code/", {"code": code_of(secret)})
        assert client.get("/profile/").status_code == 302

    @pytest.mark.parametrize("change", ["password", "sessions"])
    def test_a_half_finished_sign_in_does_not_outlive_the_password(self, client: Client, change: str) -> None:
        agent = make_agent()
        secret = with_second_step(agent)
        come_in(client, agent)
        if change == "password":
            change_own(User.objects.get(pk=agent.pk), "a-new-secret-42", by=actors.person(agent))
        else:
            agent.end_sessions()
        assert client.get("/login/code/")["Location"] == "/login/"
        assert client.post("/login/code/", {"code": code_of(secret)})["Location"] == "/login/"
        assert not is_in(client, agent)

    def test_turning_it_on_asks_for_the_password_and_writes_a_letter(
        self, sign_in: SignIn, django_capture_on_commit_callbacks: object
    ) -> None:
        agent = make_admin()
        client = sign_in(agent)
        assert client.get("/profile/mfa/app/")["Location"].startswith("/profile/again/?next=")
        client.post("/profile/again/?next=/profile/mfa/app/", {"password": PASSWORD, "next": "/profile/mfa/app/"})
        page = client.get("/profile/mfa/app/")
        secret = page.context["form"].secret
        assert 'src="data:image/svg+xml;base64,' in page.content.decode()
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            done = client.post("/profile/mfa/app/", {"code": code_of(secret)})
        assert done["Location"] == "/profile/mfa/codes/"
        assert len(client.get("/profile/mfa/codes/").context["unused_codes"]) == 10
        assert OutgoingEmail.objects.get(notice="team_security").to_email == agent.email
        assert AuditEntry.objects.filter(action="user.mfa_on", actor_id=agent.pk).count() == 1

    def test_turning_it_off_is_recorded_and_told(self, sign_in: SignIn) -> None:
        agent = make_agent()
        with_second_step(agent)
        client = sign_in(agent)
        client.post("/profile/again/?next=/profile/mfa/", {"password": PASSWORD, "next": "/profile/mfa/"})
        assert client.post("/profile/mfa/app/off/").status_code == 302
        assert not Authenticator.objects.filter(user=agent).exists()
        assert AuditEntry.objects.filter(action="user.mfa_off").count() == 1
        assert OutgoingEmail.objects.filter(notice="team_security").count() == 1

    def test_the_codes_download_as_text(self, sign_in: SignIn) -> None:
        agent = make_agent()
        with_second_step(agent)
        client = sign_in(agent)
        client.post("/profile/again/?next=/profile/mfa/", {"password": PASSWORD, "next": "/profile/mfa/"})
        file = client.get("/profile/mfa/codes/download/")
        assert file["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
        assert len(re.findall(rb"^\d{8}$", file.content, re.MULTILINE)) == 10

    def test_before_something_delicate_either_step_does_and_leads_to_the_other(self, sign_in: SignIn) -> None:
        agent = make_agent()
        with_second_step(agent)
        client = sign_in(agent)
        password, code = (
            client.get(address).content.decode() for address in ("/profile/again/", "/profile/mfa/again/")
        )
        assert "type your password once more" in password and "Use a code instead" in password
        assert "type a code once more" in code and "Use your password instead" in code

    def test_customers_are_not_offered_it(self, as_customer: Client) -> None:
        assert as_customer.get("/profile/mfa/").status_code == 403


def test_a_form_without_its_token_gets_a_page_that_says_what_to_do(client: Client) -> None:
    page = Client(enforce_csrf_checks=True).post("/login/", {"email": "a@helpdesk.example", "password": "x"})
    assert page.status_code == 403
    assert "This form was open too long" in page.content.decode()
