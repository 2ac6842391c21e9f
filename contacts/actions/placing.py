"""Putting contacts into a company."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from companies.models import Company
from contacts.models import Contact, Membership
from helpdesk.audit.actions import Entry, record_all
from helpdesk.users.actors import Actor


@transaction.atomic
def set_company(
    contacts: QuerySet[Contact] | Iterable[Contact], company: Company | None, *, by: Actor
) -> list[Contact]:
    """Make it their default company (None: they have none then), but for deleted ones. Returns those of whom that is news.

    Further companies stay; the new one is no further one any more. Counts as an edit.
    """
    people = _locked([contact.pk for contact in contacts])
    changed = [one for one in people if one.company_id != (company.pk if company else None)]
    entries = [Entry("contact.edit", one, _changes(one, company)) for one in changed]
    Membership.objects.filter(contact__in=changed, company=company).delete()
    rows = Contact.objects.filter(pk__in=[one.pk for one in changed])
    rows.update(company=company, version=F("version") + 1, updated_at=timezone.now())
    record_all(entries, by=by)
    return changed


def _locked(ids: list[int]) -> list[Contact]:
    rows = Contact.objects.filter(pk__in=ids, deleted_at=None).select_related("company").order_by("pk")
    return list(rows.prefetch_related("memberships__company").select_for_update(of=("self",), no_key=True))


def _changes(contact: Contact, company: Company | None) -> dict[str, tuple[Any, Any]]:
    """As an edit records them: by name."""
    further = [member.company for member in sorted(contact.memberships.all(), key=lambda one: one.pk)]
    left = [one.name for one in further if one != company]
    named = contact.company.name if contact.company else "", company.name if company else ""
    moved = {"other_companies": ([one.name for one in further], left)} if len(left) < len(further) else {}
    return {"company": named, **moved}
