"""Every page there is, and how to reach it: what a room adds here is looked at in all its guises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse

from companies.models import Company
from contacts.models import Contact
from helpdesk.outbox.links import issue_printed
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.users.models import User
from tests import factories

Who = Literal["admin", "agent", "secured", "customer", "visitor"]


@dataclass(frozen=True)
class Seed:
    """What the pages show: people in every state, a company, a letter. `secured` signs in with a second step."""

    admin: User
    agent: User
    secured: User
    customer: Contact
    contact: Contact
    company: Company
    letter: OutgoingEmail
    invited: User

    def user(self, who: Who) -> User | None:
        people = {"admin": self.admin, "agent": self.agent, "secured": self.secured, "customer": self.customer.user}
        return people.get(who)


@dataclass(frozen=True)
class Stop:
    """A page: its URL's name, who looks, the URL's arguments, what follows the `?`, and the status it answers."""

    name: str
    who: Who = "agent"
    args: Callable[[Seed], tuple[object, ...]] = lambda seed: ()
    query: str = ""
    status: int = 200

    def address(self, seed: Seed) -> str:
        return reverse(self.name, args=self.args(seed)) + (f"?{self.query}" if self.query else "")

    def __str__(self) -> str:
        return f"{self.name}{'?' if self.query else ''}{self.query} as {self.who}"


def seed() -> Seed:
    company = factories.make_company("한빛전자 주식회사", domains=("hanbit.example",))
    contact = factories.make_contact(
        "김민준", email="minjun.kim@hanbit.example", emails=("mj@acme.example",), company=company, job_title="구매팀 과장",
        work_phone="02-123-4567", mobile_phone="010-2073-1215", notes="Likes to be called in the morning.",
    )  # fmt: skip
    factories.make_contact(
        "Maximiliane von Wittelsbach-Hohenzollern", email="a.rather.long.address@subsidiary.northwind.example"
    )
    factories.make_contact("Nobody reachable", email=None, mobile_phone="+44 20 7946 0991")
    return Seed(
        admin=factories.make_admin(),
        agent=factories.make_agent(),
        secured=_secured(),
        customer=factories.make_customer("Amelia Hughes", company=company),
        contact=contact,
        company=company,
        letter=OutgoingEmail.objects.create(
            notice="user_activation",
            cause="tests",
            about_kind="contacts.contact",
            about_id=contact.pk,
            to_email="minjun.kim@hanbit.example",
            language="ko",
            subject="비밀번호를 설정해 주세요",
            text="…",
            html="<p>…</p>",
            state="failed",
        ),
        invited=_invited(),
    )


def _secured() -> User:
    user = factories.make_agent(name="Sera Secured", email="sera@helpdesk.example")
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    return user


def _invited() -> User:
    user = factories.make_agent(name="Ivy Invited")
    user.set_unusable_password()
    user.save()
    return user


def _contact(given: Seed) -> tuple[object, ...]:
    return (given.contact.pk,)


def _company(given: Seed) -> tuple[object, ...]:
    return (given.company.pk,)


def _link(purpose: str, kind: str, of: Callable[[Seed], int]) -> Callable[[Seed], tuple[object, ...]]:
    return lambda given: (issue_printed(purpose, kind, of(given), 24),)


PAGES: list[Stop] = [
    # the desk
    Stop("contacts:list"),
    Stop("contacts:list", query="view=unverified&sort=newest"),
    Stop("contacts:list", query="view=deleted"),
    Stop("contacts:list", query="q=none-such"),
    Stop("contacts:create"),
    Stop("contacts:show", args=_contact),
    Stop("contacts:show", "admin", lambda given: (given.customer.pk,)),
    Stop("contacts:edit", args=_contact),
    Stop("contacts:block", "admin", _contact),
    Stop("contacts:delete", "admin", _contact),
    Stop("contacts:change_password", "admin", _contact),
    Stop("contacts:change_password", "agent", _contact, status=403),
    Stop("companies:list"),
    Stop("companies:list", query="q=none-such"),
    Stop("companies:create"),
    Stop("companies:show", args=_company),
    Stop("companies:edit", args=_company),
    Stop("companies:delete", "admin", _company),
    Stop("profile:show"),
    Stop("profile:password"),
    Stop("account_reauthenticate"),
    Stop("mfa_index"),
    Stop("mfa_activate_totp"),
    Stop("mfa_index", "secured"),
    Stop("mfa_reauthenticate", "secured"),
    Stop("mfa_deactivate_totp", "secured"),
    Stop("mfa_view_recovery_codes", "secured"),
    Stop("mfa_generate_recovery_codes", "secured"),
    # administration
    Stop("admin:index", "admin"),
    Stop("admin:index", "agent", status=403),
    Stop("team:list", "admin"),
    Stop("team:invite", "admin"),
    Stop("team:roles", "admin"),
    Stop("team:edit", "admin", lambda given: (given.agent.pk,)),
    Stop("team:deactivate", "admin", lambda given: (given.agent.pk,)),
    Stop("team:edit", "admin", lambda given: (given.invited.pk,)),
    Stop("team:withdraw", "admin", lambda given: (given.invited.pk,)),
    Stop("audit:list", "admin"),
    Stop("outbox:list", "admin"),
    Stop("outbox:show", "admin", lambda given: (given.letter.pk,)),
    Stop("outbox:notifications", "admin"),
    # doors
    Stop("help:faq", "visitor"),
    Stop("help:faq"),
    Stop("account_login", "visitor"),
    Stop("account_logout"),
    Stop("team:reset_request", "visitor"),
    Stop("team:reset_asked", "visitor"),
    Stop("team:invitation", "visitor", _link("invite", "users.user", lambda given: given.invited.pk)),
    Stop("team:reset", "visitor", lambda given: ("no-such-token",), status=410),
    # the portal
    Stop("portal:home", "visitor"),
    Stop("portal:home", "customer"),
    Stop("portal:login", "visitor"),
    Stop("portal:reset_request", "visitor"),
    Stop("portal:reset_sent", "visitor"),
    Stop("portal:activate", "visitor", _link("activate", "contacts.contact", lambda given: given.contact.pk)),
    Stop("portal:activate", "visitor", lambda given: ("no-such-token",), status=410),
    Stop("portal:activate", "agent", _link("activate", "contacts.contact", lambda given: given.contact.pk)),
    Stop("portal:reset", "visitor", _link("reset", "contacts.contact", lambda given: given.customer.pk)),
    Stop("portal:profile", "customer"),
    Stop("portal:password", "customer"),
]

# Addresses that are no page of their own: they only take a POST, give a part of a page, a file or JSON, or are reached
# by the redirect of a page above.
NO_PAGES = {
    "contacts:refresh", "contacts:company_names", "contacts:of_company", "contacts:activate", "contacts:send_reset",
    "contacts:block_few", "contacts:unblock_few", "contacts:delete_few", "contacts:restore_few",
    "contacts:unblock", "contacts:restore",
    "team:home", "alive", "ready", "ui:language", "ui:theme",
    "outbox:body", "outbox:resend", "outbox:cancel", "outbox:switch",
    "team:reset_form", "team:invitation_form", "team:leave", "team:invite_again", "team:reactivate",
    "companies:restore", "mfa_download_recovery_codes",
    "mfa_authenticate", "team:setup", "team:setup_form",  # looked at in test_doors.py: they need a moment of their own
    "portal:activate_form", "portal:reset_form", "portal:send_again", "portal:leave",
}  # fmt: skip
