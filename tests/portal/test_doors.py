"""The portal's sign-in: who gets in, and one page for everybody who does not."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from contacts.actions import standing
from contacts.models import Contact
from helpdesk.users.models import Tally
from tests.conftest import SignIn
from tests.factories import PASSWORD, make_agent, make_contact, make_customer
from tests.portal.letters import SYSTEM

pytestmark = pytest.mark.django_db
LOGIN = "/portal/login/"


def sign_in_as(client: Client, email: str, password: str = PASSWORD, **more: str) -> HttpResponse:
    return client.post(LOGIN, {"email": email, "password": password, **more})  # type: ignore[return-value]


class TestGettingIn:
    def test_a_customer_lands_at_the_portal(self, client: Client) -> None:
        make_customer(email="kim@acme.example")
        response = sign_in_as(client, "kim@acme.example")
        assert response.status_code == 302
        assert client.get("/portal/").context["contact"].addresses.get().email == "kim@acme.example"

    def test_any_of_the_addresses_will_do_in_any_spelling(self, client: Client) -> None:
        make_customer(email="kim@acme.example", emails=("Second@Acme.example",))
        assert sign_in_as(client, "ＳＥＣＯＮＤ＠acme.example").status_code == 302

    def test_an_agents_right_password_opens_this_door_too_and_leads_to_the_desk(self, client: Client) -> None:
        make_agent(email="ada@helpdesk.example")
        response = sign_in_as(client, "ada@helpdesk.example")
        assert response.status_code == 302
        assert response["Location"].endswith("/contacts/")

    def test_next_is_kept(self, client: Client) -> None:
        make_customer(email="kim@acme.example")
        page = client.get(LOGIN, {"next": "/portal/profile/"})
        assert 'name="next" value="/portal/profile/"' in page.content.decode()
        assert sign_in_as(client, "kim@acme.example", next="/portal/profile/")["Location"] == "/portal/profile/"

    @pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
    def test_next_never_leads_elsewhere(self, client: Client, elsewhere: str) -> None:
        make_customer(email="kim@acme.example")
        assert "evil" not in sign_in_as(client, "kim@acme.example", next=elsewhere)["Location"]
        assert "javascript" not in client.session.get("portal", {}).get("next", "")

    def test_whoever_is_in_already_goes_on(self, as_customer: Client) -> None:
        assert as_customer.get(LOGIN, {"next": "/portal/profile/"})["Location"] == "/portal/profile/"

    def test_nothing_typed_or_wanted_before_stays_behind(self, client: Client) -> None:
        make_customer(email="kim@acme.example")
        client.get(LOGIN, {"next": "/portal/profile/"})
        sign_in_as(client, "kim@acme.example", "wrong")
        sign_in_as(client, "kim@acme.example")
        assert "portal" not in client.session

    def test_the_sessions_key_changes(self, client: Client) -> None:
        make_customer(email="kim@acme.example")
        sign_in_as(client, "kim@acme.example", "wrong")
        before = client.session.session_key
        sign_in_as(client, "kim@acme.example")
        assert client.session.session_key != before


def the_failing() -> dict[str, str]:
    """One of each kind that may not come in, and how each is addressed; all addresses of as many bytes."""
    make_customer(email="wrong@acme.example")
    make_contact(email="unver@acme.example")
    make_customer(email="block@acme.example")
    make_customer(email="delet@acme.example")
    standing.block(Contact.objects.filter(addresses__key="block@acme.example"), by=SYSTEM)
    standing.delete(Contact.objects.filter(addresses__key="delet@acme.example"), by=SYSTEM)
    kinds = {kind: f"{kind}@acme.example" for kind in ("nobod", "wrong", "unver", "block", "delet")}
    return {**kinds, "agent": make_agent(email="agent@acme.example").email, "kelvin": "\u212alv@acme.example"}


def plain(response: HttpResponse, email: str) -> tuple[int, list[tuple[str, str]], str]:
    """Status, headers and page without what is meant to differ: the typed address and one-time values."""
    body = response.content.decode().replace(email, "EMAIL")
    body = re.sub(r'(name="(?:csrfmiddlewaretoken|form_id)" value=")[^"]+', r"\1ONCE", body)
    once = ("set-cookie", "x-request-id")
    headers = sorted((name, value) for name, value in response.headers.items() if name.lower() not in once)
    cookies = sorted(
        (name, re.sub(r"=[^;]+", "=ONCE", morsel.OutputString(), count=1)) for name, morsel in response.cookies.items()
    )
    without_times = [(name, re.sub(r"expires=[^;]+", "", value)) for name, value in cookies]
    return response.status_code, headers + without_times, body


class TestGettingNowhere:
    def test_the_page_is_the_same_for_every_cause(self) -> None:
        pages = {}
        for kind, email in the_failing().items():
            password = PASSWORD if kind not in ("wrong", "agent") else "not-the-password"
            pages[kind] = plain(sign_in_as(Client(), email, password), email)
        for page in pages.values():
            assert page == pages["nobod"]

    def test_says_it_in_the_agreed_words(self, client: Client) -> None:
        page = _words(sign_in_as(client, "nobody@acme.example"))
        assert (
            "We could not sign you in. The email or password is incorrect, or this account has no password yet. "
            "Signed in here before? Forgot password First time here? "
            "You are not authorized to access portal until you activate your account. Send me an activation link "
            "Still stuck? helpdesk@helpdesk.example"
        ) in page

    def test_keeps_the_typed_address_and_offers_it_to_the_next_form(self, client: Client) -> None:
        page = sign_in_as(client, "nobody@acme.example")
        assert 'value="nobody@acme.example"' in page.content.decode()
        assert "nobody@acme.example" in client.get("/portal/password/reset/").content.decode()

    def test_the_eleventh_try_is_throttled_with_one_more_sentence(self, client: Client) -> None:
        make_customer(email="kim@acme.example")
        tries = [sign_in_as(client, "kim@acme.example", "wrong") for _ in range(11)]
        assert [page.status_code for page in tries] == [200] * 10 + [429]
        more = "There were too many attempts: please wait 15 minutes and try again."
        assert _words(tries[10]).replace(f"{more} ", "") == _words(tries[0])
        assert sign_in_as(client, "kim@acme.example").status_code == 429

    def test_unknown_addresses_are_throttled_alike(self, client: Client) -> None:
        statuses = [sign_in_as(client, "nobody@acme.example").status_code for _ in range(11)]
        assert statuses == [200] * 10 + [429]

    def test_the_visitor_is_known_by_network_not_by_what_headers_say(self, client: Client) -> None:
        for number in range(11):
            page = client.post(
                LOGIN, {"email": "a@acme.example", "password": "x"}, headers={"X-Forwarded-For": f"192.0.2.{number}"}
            )
        assert page.status_code == 429

    def test_a_success_gives_its_try_back(self, client: Client) -> None:
        make_customer(email="kim@acme.example")
        sign_in_as(client, "kim@acme.example")
        assert set(Tally.objects.values_list("count", flat=True)) == {0}

    @pytest.mark.parametrize(
        ("email", "password"),
        [
            ("a\x00b@acme.example", "x"),
            ("x" * 6000, "x"),
            ("kim@acme.example", "x" * 6000),
            ("kim@acme.example", "a\x00b"),
            ("\ud800@acme.example".encode("utf-8", "surrogatepass"), "x"),
        ],
        ids=["nul", "long address", "long password", "nul in password", "surrogate"],
    )
    def test_strange_input_is_answered_on_the_page(self, client: Client, email: str, password: str) -> None:
        assert client.post(LOGIN, {"email": email, "password": password}).status_code == 200

    def test_empty_fields_are_named(self, client: Client) -> None:
        assert "This field is required" in client.post(LOGIN, {}).content.decode()


class TestGettingOut:
    @pytest.mark.parametrize("act", [standing.block, standing.delete], ids=["blocked", "deleted"])
    def test_at_the_next_request(self, sign_in: SignIn, act: object) -> None:
        customer = make_customer()
        browser = sign_in(customer.user)  # type: ignore[arg-type]
        assert browser.get("/portal/profile/").status_code == 200
        act(customer, by=SYSTEM)  # type: ignore[operator]
        assert browser.get("/portal/profile/")["Location"].startswith(LOGIN)
        assert "Hello" not in browser.get("/portal/").content.decode()

    def test_a_user_whose_contact_is_not_welcome_is_signed_out_even_if_active(self, sign_in: SignIn) -> None:
        customer = make_customer()
        browser = sign_in(customer.user)  # type: ignore[arg-type]
        Contact.objects.update(blocked_at=timezone.now())
        assert browser.get("/portal/profile/")["Location"] == LOGIN
        assert "_auth_user_id" not in browser.session


class TestHome:
    def test_visitors_find_the_door(self, client: Client) -> None:
        page = client.get("/portal/").content.decode()
        assert LOGIN in page
        assert "helpdesk@helpdesk.example" in page

    def test_customers_are_greeted(self, sign_in: SignIn) -> None:
        page = sign_in(make_customer("김민준").user).get("/portal/").content.decode()  # type: ignore[arg-type]
        assert "김민준" in page

    def test_agents_are_shown_the_desk(self, as_agent: Client) -> None:
        assert "To the desk" in as_agent.get("/portal/").content.decode()
        refused = as_agent.get("/portal/profile/")
        assert (refused.status_code, "To the desk" in refused.content.decode()) == (403, True)

    def test_an_agent_who_is_a_contact_too_is_at_home(self, sign_in: SignIn) -> None:
        agent = make_agent(name="Ada")
        make_contact("Ada", user=agent)
        assert sign_in(agent).get("/portal/profile/").status_code == 200


def _words(response: HttpResponse) -> str:
    """The page as read: without tags, one space between words."""
    body = re.sub(r"<svg.*?</svg>", "", response.content.decode(), flags=re.DOTALL)
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())
