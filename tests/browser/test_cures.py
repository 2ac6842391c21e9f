"""Why this customer cannot sign in: each cause is told on the profile, and its button cures it, in both languages."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from playwright.sync_api import Page, expect

from contacts.actions.merging import merge_contacts
from contacts.models import Contact
from contacts.notices import CONTACT, USER_ACTIVATION
from contacts.queries.obstacles import obstacle_of
from helpdesk.outbox.history import letters_about, refused_addresses
from helpdesk.outbox.models import MailChannel, OutgoingEmail, SecretLink, State
from helpdesk.users import actors
from helpdesk.users.models import User
from helpdesk.users.signing_in import PER_KEY_AND_IP
from helpdesk.workers.models import Heartbeat
from tests.browser.conftest import OpenBrowser
from tests.factories import PASSWORD, make_admin, make_contact, make_customer

pytestmark = pytest.mark.django_db(transaction=True)

Names = Sequence[Callable[[], str]]


@pytest.fixture(params=["en", "ko"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def worker() -> None:
    """One lives, but sends nothing: letters stay as a test leaves them."""
    beat()


def beat() -> None:
    Heartbeat.objects.create(worker="w", beat_at=timezone.now() + timedelta(hours=1), started_at=timezone.now())


@dataclass
class Case:
    """Who cannot sign in; which names to press, one after the other, and how to see that it helped."""

    contact: Contact
    presses: Names
    is_cured: Callable[[Contact], bool]


def written(contact: Contact, state: State, reply: str = "", **link: Any) -> Contact:
    """An activation email, an hour old, in this state."""
    before = timezone.now() - timedelta(hours=1)
    letter = OutgoingEmail.objects.create(
        notice=USER_ACTIVATION.code, cause=f"test:{contact.pk}", about_kind=CONTACT, about_id=contact.pk,
        to_email=contact.addresses.get(is_primary=True).email, language="en", subject="s", text="t", html="h",
        state=state, server_reply=reply, created_at=before, finished_at=before,
    )  # fmt: skip
    if link:
        SecretLink.objects.create(
            purpose="activate", subject_kind=CONTACT, subject_id=contact.pk, letter=letter,
            token_hash=f"h{letter.pk}", **{"expires_at": timezone.now() + timedelta(days=1), **link},
        )  # fmt: skip
    return contact


def is_invited(contact: Contact) -> bool:
    """Another letter than the one before is on its way."""
    newest = letters_about(CONTACT, [contact.pk], notices=[USER_ACTIVATION.code])[contact.pk]
    return newest.state == State.QUEUED


INVITE: Names = [lambda: _("Send activation email")]
GONE = timedelta(hours=-1)


def unverified() -> dict[str, Callable[[], Contact]]:
    """Those whom another activation email cures."""
    return {
        "never sent": make_contact,
        "link expired": lambda: written(make_contact(), State.SENT, expires_at=timezone.now() + GONE),
        "link revoked": lambda: written(make_contact(), State.SENT, revoked_at=timezone.now()),
        "link opened": lambda: written(make_contact(), State.SENT, opened_at=timezone.now()),
        "link unused": lambda: written(make_contact(), State.SENT, opened_at=None),
        "failed": lambda: written(make_contact(), State.FAILED, "552 5.3.4 too large"),
        "unknown": lambda: written(make_contact(), State.UNKNOWN),
        "cancelled": lambda: written(make_contact(), State.CANCELLED),
        "skipped": lambda: written(make_contact(), State.SKIPPED),
    }


def others() -> dict[str, Callable[[], Case]]:
    now = timezone.now()
    return {
        "deleted": lambda: Case(
            make_contact(deleted_at=now), [lambda: _("Restore")] * 2, lambda contact: contact.deleted_at is None
        ),
        "blocked": lambda: Case(
            make_customer(blocked_at=now), [lambda: _("Unblock")] * 2, lambda contact: contact.blocked_at is None
        ),
        "locked out": lambda: Case(locked_out(), [lambda: _("Let them try again")], may_sign_in),
        "must change": lambda: Case(must_change(), [lambda: _("Send password reset email")], has_reset),
    }


def locked_out() -> Contact:
    customer = make_customer()
    for _number in range(PER_KEY_AND_IP.count + 1):
        Client().post("/portal/login/", {"email": email_of(customer), "password": "wrong-password"})
    return customer


def must_change() -> Contact:
    customer = make_customer()
    User.objects.filter(contact=customer).update(must_change_password=True)
    return customer


def email_of(contact: Contact) -> str:
    return contact.addresses.get(is_primary=True).email


def may_sign_in(contact: Contact) -> bool:
    answer = Client().post("/portal/login/", {"email": email_of(contact), "password": PASSWORD})
    return answer.status_code == 302


def has_reset(contact: Contact) -> bool:
    return OutgoingEmail.objects.about(CONTACT, contact.pk).filter(notice="password_reset").exists()


def told(contact: Contact) -> str:
    """The cause in words, in the language that is spoken now."""
    fresh = Contact.objects.get(pk=contact.pk)
    letter = letters_about(CONTACT, [fresh.pk], notices=[USER_ACTIVATION.code]).get(fresh.pk)
    found = obstacle_of(fresh, list(fresh.addresses.all()), letter, refused_addresses(CONTACT, fresh.pk))
    return found.cause if found else ""


def opened(open_browser: OpenBrowser, contact: Contact, language: str) -> Page:
    """The profile as an admin sees it; the cause stands there."""
    page = open_browser(make_admin(), language=language)
    page.goto(contact.get_absolute_url())
    with override(language):
        expect(access_of(page)).to_contain_text(html.unescape(told(contact)))
    return page


def access_of(page: Page) -> Any:
    with override(page.evaluate("document.documentElement.lang")):
        return page.get_by_role("region", name=_("Portal access"))


def press(page: Page, name: Callable[[], str]) -> None:
    with override(page.evaluate("document.documentElement.lang")):
        text = name()
    found = page.locator("main").get_by_role("button", name=text, exact=True)
    link = page.locator("main").get_by_role("link", name=text, exact=True)
    found.or_(link).click()
    page.wait_for_load_state()


@pytest.mark.parametrize("cause", list(unverified()))
def test_another_activation_email_cures(open_browser: OpenBrowser, language: str, cause: str) -> None:
    contact = unverified()[cause]()
    page = opened(open_browser, contact, language)
    with override(language):
        before = told(contact)
    press(page, INVITE[0])
    expect(access_of(page)).not_to_contain_text(before)
    assert is_invited(contact)


@pytest.mark.parametrize("cause", list(others()))
def test_its_button_cures(open_browser: OpenBrowser, language: str, cause: str) -> None:
    case = others()[cause]()
    page = opened(open_browser, case.contact, language)
    assert not case.is_cured(case.contact)
    for name in case.presses:
        press(page, name)
    expect(page).to_have_url(f"{page.url.partition('/contacts/')[0]}{case.contact.get_absolute_url()}")
    case.contact.refresh_from_db()
    assert case.is_cured(case.contact)


@pytest.mark.parametrize("is_flagged", [False, True])
def test_an_email_is_added_or_corrected(open_browser: OpenBrowser, language: str, is_flagged: bool) -> None:
    contact = make_contact(email="old@acme.example" if is_flagged else None, mobile_phone="010-1234-5678")
    if is_flagged:
        written(contact, State.FAILED, "550 5.1.1 no such user")
    page = opened(open_browser, contact, language)
    with override(language):
        before = told(contact)
    press(page, lambda: _("Correct the email") if is_flagged else _("Add an email"))
    page.locator("#id_emails_0").fill("new@acme.example")
    press(page, lambda: _("Save"))
    expect(access_of(page)).not_to_contain_text(before)
    assert email_of(contact) == "new@acme.example"


def test_nobody_sends(open_browser: OpenBrowser, language: str) -> None:
    Heartbeat.objects.all().delete()
    contact = written(make_contact(), State.QUEUED)
    page = opened(open_browser, contact, language)
    press(page, lambda: _("Background work"))
    with override(language):
        expect(page.locator("main")).to_contain_text(
            _("No worker has been seen yet: start one with “manage.py worker”.")
        )
    beat()
    page.goto(contact.get_absolute_url())
    with override(language):
        expect(access_of(page)).to_contain_text(_("No password has been set: the activation email is on its way."))


@pytest.mark.parametrize("why", ["no server", "paused", "put off"])
def test_the_mail_server_is_in_the_way(open_browser: OpenBrowser, language: str, settings: Any, why: str) -> None:
    contact = written(make_contact(), State.QUEUED, "451 later" if why == "put off" else "")
    if why == "no server":
        settings.EMAIL_BACKEND = "helpdesk.outbox.eml.NoMailServer"
    if why == "paused":
        MailChannel.objects.update_or_create(pk=1, defaults={"paused_at": timezone.now(), "last_error": "535 no"})
    page = opened(open_browser, contact, language)
    press(page, lambda: _("Outbox"))
    expect(page.locator("main")).to_contain_text(email_of(contact))


def test_a_letter_on_its_way_is_looked_at_again(open_browser: OpenBrowser, language: str) -> None:
    contact = written(make_contact(), State.QUEUED)
    page = opened(open_browser, contact, language)
    OutgoingEmail.objects.update(state=State.SENT)
    press(page, lambda: _("Look again"))
    with override(language):
        expect(access_of(page)).to_contain_text(told(contact))
        assert told(contact) == _("The activation email was sent, but its link has not been used.")


def test_who_was_merged_away_leads_to_who_can_sign_in(open_browser: OpenBrowser, language: str) -> None:
    survivor, gone = make_customer("Kim"), make_contact("Kim again")
    versions = {one.pk: one.version for one in (survivor, gone)}
    merge_contacts(survivor, [gone], {}, versions=versions, by=actors.system("command"))
    page = open_browser(make_admin(), language=language)
    page.goto(gone.get_absolute_url())
    assert page.url.endswith(survivor.get_absolute_url())
    with override(language):
        words = _("“%(name)s” (#%(number)s) has been merged into this contact.")
        expect(page.locator("#messages")).to_contain_text(words % {"name": gone.name, "number": gone.pk})
