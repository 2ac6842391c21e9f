"""Plain functions that make things, valid by default."""

from __future__ import annotations

import itertools
from typing import Any

from django.utils import timezone

from companies.domains import domain_key
from companies.models import Company, CompanyDomain
from companies.naming import company_match_key
from contacts.models import Address, Contact
from contacts.phones import phone_key
from contacts.searching import search_text
from helpdesk.ui.sorting import name_key
from helpdesk.users.addresses import clean_address
from helpdesk.users.models import User
from helpdesk.users.roles import Role

PASSWORD = "demo-helpdesk"
_numbers = itertools.count(1)


def make_agent(
    role: str = Role.AGENT, *, email: str = "", name: str = "Ada Agent", password: str = PASSWORD, **fields: Any
) -> User:
    """Somebody of the team, with an address of their own."""
    email = email or f"agent{next(_numbers)}@helpdesk.example"
    user = User(name=name, role=role, email=email, **fields)
    user.set_password(password)
    user.save()
    Address.objects.create(
        key=clean_address(email).key, email=email, user=user, is_primary=True, confirmed_at=timezone.now()
    )
    return user


def make_admin(**fields: Any) -> User:
    return make_agent(Role.ADMIN, **{"name": "Alma Admin", **fields})


def make_supervisor(**fields: Any) -> User:
    return make_agent(Role.SUPERVISOR, **{"name": "Sora Supervisor", **fields})


def make_company(name: str = "", *, domains: tuple[str, ...] = (), **fields: Any) -> Company:
    name = name or f"Acme {next(_numbers)}"
    company = Company.objects.create(name=name, name_key=name_key(name), match_key=company_match_key(name), **fields)
    CompanyDomain.objects.bulk_create(CompanyDomain(company=company, domain=domain_key(domain)) for domain in domains)
    return company


def make_contact(name: str = "", *, email: str | None = "", emails: tuple[str, ...] = (), **fields: Any) -> Contact:
    """An unverified contact; `email=None` for one without; `emails` are secondary."""
    number = next(_numbers)
    name = name or f"Contact {number}"
    email = f"contact{number}@acme.example" if email == "" else email
    addresses = [*([email] if email else []), *emails]
    phones = [fields.get("work_phone", ""), fields.get("mobile_phone", "")]
    contact = Contact.objects.create(
        name=name,
        name_key=name_key(name),
        search_text=search_text(name, addresses, phones, fields.get("external_id") or "", "KR"),
        work_phone_key=phone_key(phones[0], "KR"),
        mobile_phone_key=phone_key(phones[1], "KR"),
        activation=Contact.Activation.NEVER if addresses else Contact.Activation.NO_EMAIL,
        **fields,
    )
    for position, typed in enumerate(addresses):
        cleaned = clean_address(typed)
        Address.objects.create(key=cleaned.key, email=cleaned.stored, contact=contact, is_primary=position == 0)
    return contact


def make_customer(name: str = "", *, password: str = PASSWORD, **fields: Any) -> Contact:
    """A verified contact who can sign in to the portal."""
    contact = make_contact(name, **fields)
    primary = contact.addresses.get(is_primary=True)
    user = User(name=contact.name, email=primary.email, language=contact.language or "en")
    user.set_password(password)
    user.save()
    contact.user, contact.verified_at, contact.verified_how = user, timezone.now(), Contact.VerifiedHow.LINK
    contact.save()
    return contact
