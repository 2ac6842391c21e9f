"""The people whose address has one of a company's email domains, before they are linked to it (PRODUCT 3.4)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from companies.models import Company
from contacts.models import Address, Contact, ContactQuerySet, Membership

MOST_SHOWN = 10


@dataclass(frozen=True)
class Person:
    """One of them, with the address by which they were found."""

    contact: Contact
    email: str


@dataclass(frozen=True)
class Preview:
    """How many have no company, another one, or this one already; the first few of those who would change."""

    without: int
    elsewhere: int
    already: int
    first_without: list[Person]
    first_elsewhere: list[Person]

    @property
    def seen(self) -> str:
        """What was counted, to be asked again when it is done."""
        return f"{self.without}-{self.elsewhere}"


def at_domains(contacts: ContactQuerySet, domains: Collection[str]) -> ContactQuerySet:
    """Those of `contacts` who have any address at exactly one of these domains; subdomains and look-alikes are others."""
    if not domains:
        return contacts.none()
    ending = Q(*(Q(key__endswith=f"@{domain}") for domain in domains), _connector=Q.OR)
    return contacts.filter(Exists(Address.objects.filter(ending, contact=OuterRef("pk"))))


def without_company(people: ContactQuerySet) -> ContactQuerySet:
    return people.filter(company=None)


def elsewhere(people: ContactQuerySet, company: Company) -> ContactQuerySet:
    """Those of another default company who do not belong to this one, too."""
    further = Membership.objects.filter(contact=OuterRef("pk"), company=company)
    return people.filter(~Exists(further), company__isnull=False).exclude(company=company)


def preview_of(company: Company, contacts: ContactQuerySet) -> Preview:
    domains = domains_of(company)
    people = at_domains(contacts.present(), domains)
    free, others = without_company(people), elsewhere(people, company)
    counted = free.count(), others.count()
    return Preview(
        without=counted[0],
        elsewhere=counted[1],
        already=people.count() - sum(counted),
        first_without=_first(free, domains),
        first_elsewhere=_first(others, domains),
    )


def domains_of(company: Company) -> list[str]:
    return list(company.domains.order_by("pk").values_list("domain", flat=True))


def _first(people: ContactQuerySet, domains: Collection[str]) -> list[Person]:
    shown = people.select_related("company").prefetch_related("addresses").order_by("name_key", "pk")[:MOST_SHOWN]
    return [Person(one, _found_by(one, domains)) for one in shown]


def _found_by(contact: Contact, domains: Collection[str]) -> str:
    return next((row.email for row in contact.addresses.all() if row.key.rpartition("@")[2] in domains), "")
