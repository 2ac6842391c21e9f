"""What people do with companies. Each verb: one transaction, one line in the record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from companies.models import Company, CompanyDomain
from helpdesk.audit.actions import differences, record
from helpdesk.ui.conflicts import claim_version
from helpdesk.users.actors import Actor


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A company as typed and cleaned. `domains` are keys (`companies.domains.domain_key`), each once."""

    name: str
    phone: str = ""
    address: str = ""
    notes: str = ""
    domains: tuple[str, ...] = ()


class DomainTakenError(Exception):
    """`domain` (a key) belongs to `owner`, which may be deleted: its domains stay reserved for it."""

    def __init__(self, domain: str, owner: Company) -> None:
        super().__init__(domain)
        self.domain, self.owner = domain, owner


@transaction.atomic
def create_company(draft: Draft, *, by: Actor) -> Company:
    """A new company; raises DomainTakenError."""
    company = Company()
    _fill(company, draft)
    company.save()
    _set_domains(company, draft.domains)
    record("company.create", company, changes=differences({}, _given(facts(company))), by=by)
    return company


@transaction.atomic
def edit_company(company: Company, draft: Draft, *, version: int, by: Actor) -> Company:
    """Save `draft` over the company as it was at `version`; raises EditConflict, DomainTakenError."""
    claim_version(company, version)
    before = facts(company)
    _fill(company, draft)
    _set_domains(company, draft.domains)
    if changes := differences(before, facts(company)):
        company.updated_at = timezone.now()
        company.save()
        record("company.edit", company, changes=changes, by=by)
    return company


@transaction.atomic
def restore_and_edit(company: Company, draft: Draft, *, version: int, by: Actor) -> Company:
    """Bring a company back that was deleted while it was edited, and save the edit; raises what `edit_company` raises.

    `version`: that before the deletion, which counts for one itself, or that after it.
    """
    is_before = Company.objects.deleted().filter(pk=company.pk, version=version + 1).exists()
    claim_version(company, version + is_before)
    restore_company(company, by=by)
    return edit_company(company, draft, version=company.version, by=by)


@transaction.atomic
def delete_company(company: Company, *, by: Actor) -> None:
    """Take the company out of use. Its people and domains stay with it; new contacts no longer find it."""
    if _set_deleted(company, was=False):
        record("company.delete", company, by=by)


@transaction.atomic
def restore_company(company: Company, *, by: Actor) -> None:
    """Bring a deleted company back with all it had: its domains were kept for it."""
    if _set_deleted(company, was=True):
        record("company.restore", company, by=by)


def facts(company: Company) -> dict[str, Any]:
    """What people may edit, as it is saved; domains as people read them."""
    return {
        "name": company.name,
        "phone": company.phone,
        "address": company.address,
        "notes": company.notes,
        "domains": [str(domain) for domain in company.domains.all()],
    }


def _set_deleted(company: Company, *, was: bool) -> bool:
    """Whether this call turned it: of two at once one does. An edit that was open meanwhile is told."""
    now = timezone.now()
    unturned = Company.objects.filter(pk=company.pk, deleted_at__isnull=not was)
    turned = unturned.update(deleted_at=None if was else now, updated_at=now, version=F("version") + 1)
    company.refresh_from_db()
    return bool(turned)


def _given(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value}


def _fill(company: Company, draft: Draft) -> None:
    company.rename(draft.name)
    company.phone, company.address, company.notes = draft.phone, draft.address, draft.notes


def _set_domains(company: Company, domains: Iterable[str]) -> None:
    """Make these the company's domains, in this order of adding; whoever loses a race for one is told the owner."""
    wanted = list(dict.fromkeys(domains))
    CompanyDomain.objects.filter(company=company).exclude(domain__in=wanted).delete()
    kept = set(CompanyDomain.objects.filter(company=company).values_list("domain", flat=True))
    added = [domain for domain in wanted if domain not in kept]
    for domain in sorted(added):  # the same order for every writer: two never wait for each other in a circle
        _claim_domain(company, domain)
    if sorted(added) != added:
        _in_order(company, added)


def _claim_domain(company: Company, domain: str) -> None:
    try:
        with transaction.atomic():
            CompanyDomain.objects.create(company=company, domain=domain)
    except IntegrityError:
        raise DomainTakenError(domain, Company.objects.get(domains__domain=domain)) from None


def _in_order(company: Company, domains: list[str]) -> None:
    """Write the claimed ones once more, as they were typed: whoever waits for one of them waits for this transaction."""
    CompanyDomain.objects.filter(company=company, domain__in=domains).delete()
    CompanyDomain.objects.bulk_create(CompanyDomain(company=company, domain=domain) for domain in domains)
