"""Making the demo data: rows as the verbs would have left them, months ago; set-based, since it is a few hundred."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from companies.actions import facts
from companies.domains import domain_key
from companies.models import Company, CompanyDomain
from contacts.actions.tags import drop_unused, locked_tags
from contacts.models import Address, Contact, Membership, Tagging
from contacts.phones import phone_key
from contacts.searching import search_text
from contacts.tag_names import tag_key
from helpdesk.audit.actions import Entry, record_all
from helpdesk.demo import histories, jottings
from helpdesk.demo.marks import BY_DEMO, lines_about_made
from helpdesk.demo.organisations import CLOSED, ORGANISATIONS, Organisation
from helpdesk.demo.people import TAGS, End, Person, Story, people
from helpdesk.running.demo import PASSWORD
from helpdesk.ui.sorting import name_key
from helpdesk.users.addresses import clean_address
from helpdesk.users.models import User
from helpdesk.users.roles import Role

TEAM = (
    ("admin@helpdesk.example", "Grace Hopkins", Role.ADMIN, "en"),
    ("supervisor@helpdesk.example", "윤지아", Role.SUPERVISOR, "ko"),
    ("agent@helpdesk.example", "Daniel Reed", Role.AGENT, "en"),
)
CUSTOMER = "customer@acme.example"
HOW = {
    Story.BY_LINK: Contact.VerifiedHow.LINK,
    Story.BY_ADMIN: Contact.VerifiedHow.ADMIN,
    Story.BY_SIGN_UP: Contact.VerifiedHow.SIGN_UP,
}


@dataclass(frozen=True)
class Filled:
    """How many of each were made; all 0 when the demo data was there already."""

    contacts: int
    companies: int
    agents: int


@transaction.atomic
def fill() -> Filled:
    """Make the demo data unless it is there. Rows of others stay as they are: what they hold already is left out."""
    if lines_about_made().exists():
        return Filled(0, 0, 0)
    now = timezone.now()
    known, nobodys = make_password(PASSWORD), make_password(secrets.token_urlsafe(32))
    companies = _make_companies(now)
    team = _make_team(known, now)
    pairs = _make_contacts(_newcomers(now), companies, {"known": known, "nobodys": nobodys})
    histories.write(pairs, {user.role: user for user in team})
    jottings.write([contact for _person, contact in pairs], companies, team, now)
    return Filled(len(pairs), len(companies), len(team))


def _make_companies(now: datetime) -> list[Company]:
    """In the order of ORGANISATIONS; a domain that another company has already stays there."""
    companies = Company.objects.bulk_create(_company(organisation, now) for organisation in ORGANISATIONS)
    wanted = {
        domain_key(domain): company
        for company, organisation in zip(companies, ORGANISATIONS, strict=True)
        for domain in organisation.domains
    }
    taken = set(CompanyDomain.objects.filter(domain__in=wanted).values_list("domain", flat=True))
    CompanyDomain.objects.bulk_create(
        CompanyDomain(company=company, domain=key) for key, company in wanted.items() if key not in taken
    )
    shown = (
        Company.objects.filter(pk__in=[company.pk for company in companies]).prefetch_related("domains").order_by("pk")
    )
    record_all([Entry("company.create", one, _given(facts(one)), at=one.created_at) for one in shown], by=BY_DEMO)
    record_all([Entry("company.delete", one, at=one.deleted_at) for one in shown if one.deleted_at], by=BY_DEMO)
    return companies


def _company(organisation: Organisation, now: datetime) -> Company:
    made = now - timedelta(days=182, minutes=7 * ORGANISATIONS.index(organisation))
    company = Company(
        phone=organisation.phone, address=organisation.address, notes=organisation.notes, created_at=made, updated_at=made,
        deleted_at=now - timedelta(days=40) if organisation.name in CLOSED else None,
    )  # fmt: skip
    company.rename(organisation.name)
    return company


def _make_team(password: str, now: datetime) -> list[User]:
    """The agents whose addresses are free; they sign in with the password everybody knows."""
    taken = _taken([email for email, *_rest in TEAM])
    made = now - timedelta(days=182)
    users = User.objects.bulk_create(
        User(name=name, email=email, role=role, language=language, password=password, created_at=made)
        for email, name, role, language in TEAM
        if email not in taken
    )
    Address.objects.bulk_create(
        Address(key=user.email, email=user.email, user=user, is_primary=True, confirmed_at=made) for user in users
    )
    record_all([Entry("user.invite", user, {"role": ("", user.role)}, at=made) for user in users], by=BY_DEMO)
    return users


def _newcomers(now: datetime) -> list[Person]:
    """The people none of whose addresses and external ids anybody here has."""
    everybody = people(now)
    taken = _taken([email for person in everybody for email in person.emails])
    ids = [person.external_id for person in everybody if person.external_id]
    used = set(Contact.objects.filter(external_id__in=ids).values_list("external_id", flat=True))
    return [
        person for person in everybody if person.external_id not in used and not taken.intersection(person.emails)
    ]  # fmt: skip


def _taken(emails: list[str]) -> set[str]:
    keys = {clean_address(email).key: email for email in emails}
    return {keys[key] for key in Address.objects.filter(key__in=keys).values_list("key", flat=True)}


def _make_contacts(
    newcomers: list[Person], companies: list[Company], passwords: dict[str, str]
) -> list[tuple[Person, Contact]]:
    verified = [person for person in newcomers if person.verified_at]
    users = User.objects.bulk_create(_user(person, passwords) for person in verified)
    user_of = {person.emails[0]: user for person, user in zip(verified, users, strict=True)}
    contacts = Contact.objects.bulk_create(_contact(person, companies, user_of) for person in newcomers)
    pairs = list(zip(newcomers, contacts, strict=True))
    Address.objects.bulk_create(address for person, contact in pairs for address in _addresses(person, contact))
    Membership.objects.bulk_create(
        Membership(contact=contact, company=companies[person.other_company])
        for person, contact in pairs
        if person.other_company is not None
    )
    _tag(pairs)
    drafts = Contact.objects.filter(pk__in=[contact.pk for contact in contacts]).select_related("company")
    drafts = drafts.prefetch_related("addresses", "memberships__company", "taggings__tag").order_by("pk")
    record_all([Entry("contact.create", one, _recorded(one), at=one.created_at) for one in drafts], by=BY_DEMO)
    return pairs


def _tag(pairs: list[tuple[Person, Contact]]) -> None:
    tags = {tag.key: tag for tag in locked_tags(add=[name for name, _share in TAGS])}
    given = [(contact, tags[tag_key(name)]) for person, contact in pairs for name in person.tags]
    Tagging.objects.bulk_create(Tagging(contact=contact, tag=tag) for contact, tag in given)
    drop_unused(tag.pk for tag in tags.values())


def _user(person: Person, passwords: dict[str, str]) -> User:
    """The sign-in of a verified contact; nobody knows the password but the demo customer's."""
    email = person.emails[0]
    return User(
        name=person.name, email=email, language=person.language, is_active=person.end is End.NONE,
        password=passwords["known" if email == CUSTOMER else "nobodys"], created_at=person.verified_at or person.created_at,
    )  # fmt: skip


def _contact(person: Person, companies: list[Company], user_of: dict[str, User]) -> Contact:
    region, phones = settings.PHONE_REGION, (person.work_phone, person.mobile_phone)
    return Contact(
        name=person.name, name_key=name_key(person.name), job_title=person.job_title, department=person.department,
        work_phone=person.work_phone, work_phone_key=phone_key(person.work_phone, region),
        mobile_phone=person.mobile_phone, mobile_phone_key=phone_key(person.mobile_phone, region),
        company=companies[person.company] if person.company is not None else None, language=person.language,
        external_id=person.external_id or None, notes=person.notes,
        activation=Contact.Activation.NEVER if person.emails else Contact.Activation.NO_EMAIL,
        search_text=search_text(person.name, person.emails, phones, person.external_id, region),
        user=user_of[person.emails[0]] if person.verified_at else None,
        verified_at=person.verified_at, verified_how=HOW.get(person.story, ""),
        blocked_at=person.ended_at if person.end is End.BLOCKED else None,
        deleted_at=person.ended_at if person.end is End.DELETED else None,
        created_at=person.created_at,
        updated_at=person.ended_at or person.verified_at or person.created_at,
    )  # fmt: skip


def _addresses(person: Person, contact: Contact) -> list[Address]:
    confirmed = person.verified_at if person.story in (Story.BY_LINK, Story.BY_SIGN_UP) else None
    return [
        Address(
            key=clean_address(email).key, email=email, contact=contact,
            is_primary=place == 0, confirmed_at=confirmed if place == 0 else None,
        )
        for place, email in enumerate(person.emails)
    ]  # fmt: skip


def _recorded(contact: Contact) -> dict[str, tuple[object, object]]:
    """As `create_contact` records it; from what was fetched along."""
    return _given(
        {
            **{
                name: getattr(contact, name)
                for name in ("name", "job_title", "department", "work_phone", "mobile_phone", "language", "notes")
            },
            "external_id": contact.external_id,
            "emails": [address.email for address in contact.addresses.all()],
            "company": contact.company.name if contact.company else "",
            "tags": sorted(tagging.tag.name for tagging in contact.taggings.all()),
        }
    )


def _given(values: dict[str, object]) -> dict[str, tuple[object, object]]:
    return {name: (None, value) for name, value in values.items() if value}
