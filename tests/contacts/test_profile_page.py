"""A contact's profile, the pages that ask first, and who may open them."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from contacts.models import Contact
from contacts.notices import CONTACT, USER_ACTIVATION
from helpdesk.outbox.models import OutgoingEmail, SecretLink
from tests.conftest import SignIn
from tests.factories import make_company, make_contact, make_customer

pytestmark = pytest.mark.django_db
NEW = "/contacts/new/"


def typed(**fields: object) -> dict[str, object]:
    """What the form sends for a contact with one address."""
    return {"name": "Kim", "emails-0": "kim@acme.example", "emails-primary": "0", "emails-keep": "on", **fields}


def edit_url(contact: Contact) -> str:
    return f"/contacts/{contact.pk}/edit/"


ADDRESSES = ["/contacts/new/", "/contacts/{pk}/", "/contacts/{pk}/edit/"]
DESTRUCTIVE = [
    *(f"/contacts/{{pk}}/{act}/" for act in ("block", "unblock", "delete", "restore")),
    *(f"/contacts/{act}/?contact={{pk}}" for act in ("block", "unblock", "delete", "restore")),
]


@pytest.mark.parametrize("address", ADDRESSES + DESTRUCTIVE)
def test_visitors_sign_in_and_customers_stay_out(client: Client, as_customer: Client, address: str) -> None:
    url = address.format(pk=make_contact().pk)
    assert client.get(url)["Location"].startswith("/login/?next=")
    assert as_customer.get(url).status_code == 403


@pytest.mark.parametrize("address", ADDRESSES)
def test_agents_get_in(as_agent: Client, address: str) -> None:
    assert as_agent.get(address.format(pk=make_contact().pk)).status_code == 200


@pytest.mark.parametrize("address", DESTRUCTIVE)
def test_blocking_and_deleting_is_for_supervisors(as_agent: Client, as_supervisor: Client, address: str) -> None:
    url = address.format(pk=make_contact().pk)
    assert as_agent.get(url).status_code == 403
    assert as_agent.post(url).status_code == 403
    assert as_supervisor.get(url).status_code == 200


@pytest.mark.parametrize("address", ["/contacts/{pk}/", "/contacts/{pk}/edit/", "/contacts/{pk}/delete/"])
@pytest.mark.parametrize("pk", ["0", "999999999", "9223372036854775808", "99999999999999999999999"])
def test_a_forged_id_is_nobody(as_admin: Client, address: str, pk: str) -> None:
    assert as_admin.get(address.format(pk=pk)).status_code == 404


def test_a_profile_offers_what_the_state_and_the_role_allow(
    sign_in: SignIn, as_agent: Client, as_admin: Client
) -> None:
    unverified, verified = make_contact("Una"), make_customer("Vera")
    agents = [as_agent.get(contact.get_absolute_url()).content.decode() for contact in (unverified, verified)]
    admins = as_admin.get(verified.get_absolute_url()).content.decode()
    assert "Send activation email" in agents[0]
    assert "Send activation email" not in agents[1]
    assert "Verified on" in agents[1] and "by activation link" in agents[1]
    assert "Send password reset email" in agents[1]
    for words in ("Change password", "/block/", "/delete/"):
        assert words not in agents[1]
        assert words in admins


def test_a_blocked_and_a_deleted_contact_get_no_letters_from_their_profile(as_admin: Client) -> None:
    for contact in (make_contact(blocked_at=timezone.now()), make_contact(deleted_at=timezone.now())):
        content = as_admin.get(contact.get_absolute_url()).content.decode()
        assert "Send activation email" not in content


def test_a_profile_shows_the_emails_companies_and_recent_changes(as_agent: Client) -> None:
    as_agent.post(
        NEW, typed(**{"emails-1": "kim2@acme.example"}, company=make_company("Acme").name, notes="<script>x</script>")
    )
    content = as_agent.get(Contact.objects.get().get_absolute_url()).content.decode()
    for text in (
        "kim@acme.example",
        "kim2@acme.example",
        "Primary email",
        "Secondary email",
        "Acme",
        "created a contact",
    ):
        assert text in content
    assert "&lt;script&gt;" in content


def test_a_profile_tells_each_letters_fate(as_agent: Client) -> None:
    contact = make_contact("Kim", email="kim@acme.example")
    OutgoingEmail.objects.create(
        notice=USER_ACTIVATION.code, cause="1", about_kind=CONTACT, about_id=contact.pk, to_email="kim@acme.example",
        language="en", subject="s", text="t", html="h", state="failed", server_reply="550 no such user", finished_at=timezone.now(),
    )  # fmt: skip
    content = as_agent.get(contact.get_absolute_url()).content.decode()
    for text in ("Activation history", "failed", "550 no such user"):
        assert text in content


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ({}, "Link valid until Tue 8 Dec 2026"),
        ({"revoked_at": "2026-12-02T12:00Z"}, "Link not valid any more since Wed 2 Dec 2026"),
        ({"expires_at": "2026-12-02T12:00Z"}, "Link not valid any more since Wed 2 Dec 2026"),
        ({"used_at": "2026-12-02T12:00Z"}, "Password set: Wed 2 Dec 2026"),
    ],
)
def test_a_link_is_told_to_be_valid_only_while_it_is(as_agent: Client, link: dict[str, str], told: str) -> None:
    contact = make_contact("Kim", email="kim@acme.example")
    letter = OutgoingEmail.objects.create(
        notice=USER_ACTIVATION.code, cause="1", about_kind=CONTACT, about_id=contact.pk, to_email="kim@acme.example",
        language="en", subject="s", text="t", html="h", state="sent",
    )  # fmt: skip
    SecretLink.objects.create(
        purpose="activate", subject_kind=CONTACT, subject_id=contact.pk, letter=letter, token_hash="hash",
        **{"expires_at": "2026-12-08T12:00Z", **link},
    )  # fmt: skip
    with time_machine.travel("2026-12-03 12:00Z"):
        content = as_agent.get(contact.get_absolute_url()).content.decode()
    assert re.findall(r"(?:Link (?:valid|not)|Password set)[^<]* 2026", content) == [told]


@pytest.mark.parametrize(
    ("act", "view_before", "view_after"),
    [
        ("block", "unverified", "blocked"),
        ("unblock", "blocked", "unverified"),
        ("delete", "unverified", "deleted"),
        ("restore", "deleted", "unverified"),
    ],
)
def test_asks_first_then_acts_on_one_and_on_a_few(
    as_supervisor: Client, act: str, view_before: str, view_after: str
) -> None:
    states: dict[str, Any] = {"blocked": {"blocked_at": timezone.now()}, "deleted": {"deleted_at": timezone.now()}}.get(
        view_before, {}
    )
    one, two, three = (make_contact(name, **states) for name in ("One", "Two", "Three"))
    before, after = (getattr(Contact.objects, view) for view in (view_before, view_after))
    assert "One" in as_supervisor.get(f"/contacts/{one.pk}/{act}/").content.decode()
    assert before().count() == 3
    as_supervisor.post(f"/contacts/{one.pk}/{act}/")
    assert set(after()) == {one}
    response = as_supervisor.post(
        f"/contacts/{act}/", {"contact": [two.pk, three.pk, two.pk], "next": "/contacts/?view=blocked"}
    )
    assert response["Location"] == "/contacts/?view=blocked"
    assert set(after()) == {one, two, three}


@pytest.mark.parametrize("act", ["delete", "tags"])
def test_namesakes_are_told_apart_before_something_is_done_to_them(as_supervisor: Client, act: str) -> None:
    people = [
        make_contact("Alice Patel", email="alice@quartz.example"),
        make_contact("Alice Patel", email=None, mobile_phone="010-2073-1215"),
    ]
    content = as_supervisor.get(f"/contacts/{act}/", {"contact": [one.pk for one in people]}).content.decode()
    assert "alice@quartz.example" in content
    assert "010-2073-1215" in content


def test_thirty_one_at_once_are_refused_as_a_whole(as_supervisor: Client) -> None:
    ids = [make_contact().pk for _ in range(31)]
    response = as_supervisor.post("/contacts/delete/", {"contact": ids}, follow=True)
    assert "At most 30 contacts" in response.content.decode()
    assert Contact.objects.present().count() == 31


@pytest.mark.parametrize("ids", [[], ["x"], ["999999999"], ["-1", "1e5", "9" * 30]])
def test_ids_of_nobody_change_nothing(as_supervisor: Client, ids: list[str]) -> None:
    make_contact()
    response = as_supervisor.post("/contacts/delete/", {"contact": ids}, follow=True)
    assert "Nobody was chosen" in response.content.decode()
    assert Contact.objects.present().count() == 1


def test_nobody_is_led_to_another_site(as_supervisor: Client) -> None:
    contact = make_contact()
    response = as_supervisor.post("/contacts/delete/", {"contact": contact.pk, "next": "https://evil.example/"})
    assert response["Location"] == "/contacts/"
