"""All by which a contact is or was known, anywhere: what forgetting looks for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q

from contacts.models import Address, Contact, Merge
from contacts.notices import CONTACT
from contacts.phones import phone_key, search_forms
from helpdesk.audit.models import AuditEntry
from helpdesk.jobs.models import JobRow
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.ui.house import house
from helpdesk.users.addresses import AddressError, address_key
from helpdesk.users.erasing import Traces, strings_in
from helpdesk.users.models import User

NAMES = ("name", "merged", "merged_into")
PHONES = ("work_phone", "mobile_phone")
JOINING = ("contact.merge", "contact.merge_away", "contact.unmerge", "contact.unmerge_away")


def traces_of(ids: Collection[int]) -> Traces:
    """Of these contacts, who are one person: as they stand, and as the record, the letters and the merges knew them."""
    people = list(Contact.objects.filter(pk__in=ids).order_by("pk"))
    told = _recorded(ids)
    return Traces(
        kind=CONTACT,
        ids=list(ids),
        users=list(User.objects.filter(contact__in=ids).values_list("pk", flat=True)),
        names=_distinct([*(one.name for one in people), *_merged_names(ids), *_under(told, NAMES)]),
        emails=_emails(ids, _under(told, ("emails", "email"))),
        numbers=_numbers(people, told),
        ips=_ips(ids),
        naming=JOINING,
    )


def _recorded(ids: Collection[int]) -> list[dict[str, Any]]:
    keys = [*NAMES, *PHONES, "emails", "email", "external_id"]
    lines = AuditEntry.objects.filter(target_kind=CONTACT, target_id__in=ids, changes__has_any_keys=keys)
    rows = JobRow.objects.filter(target_kind=CONTACT, target_id__in=ids, before__has_any_keys=keys)
    said = [*lines.order_by("pk").values_list("changes", flat=True), *rows.values_list("before", flat=True)]
    return [changes for changes in said if isinstance(changes, dict)]


def _under(told: Iterable[dict[str, Any]], names: Collection[str]) -> list[str]:
    return [text for changes in told for name in names for text in strings_in(changes.get(name))]


def _merged_names(ids: Collection[int]) -> list[str]:
    merges = Merge.objects.filter(survivor__in=ids).values_list("names", flat=True)
    return [name for names in merges for name in names]


def _emails(ids: Collection[int], recorded: Iterable[str]) -> list[str]:
    """Keys and as written, but for those that are somebody else's by now."""
    known = [*Address.objects.filter(contact__in=ids).values_list("email", flat=True), *recorded]
    letters = OutgoingEmail.objects.filter(about_kind=CONTACT, about_id__in=ids)
    known += letters.order_by().values_list("to_email", flat=True).distinct()
    keys = {email: key for email in dict.fromkeys(known) if (key := _key(email))}
    mine = Address.objects.filter(contact__in=ids).values("pk")
    others = set(Address.objects.filter(key__in=keys.values()).exclude(pk__in=mine).values_list("key", flat=True))
    return _distinct(form for email, key in keys.items() if key not in others for form in (key, email))


def _key(email: str) -> str:
    try:
        return address_key(email)
    except AddressError:
        return ""


def _numbers(people: Iterable[Contact], told: Iterable[dict[str, Any]]) -> list[str]:
    told = list(told)
    phones = [getattr(one, field) for one in people for field in PHONES] + _under(told, PHONES)
    region = house().phone_region
    forms = {
        form for phone in phones if phone for form in (phone, phone_key(phone, region), *search_forms(phone, region))
    }
    ids = [one.external_id or "" for one in people] + _under(told, ("external_id",))
    return _distinct([*sorted(forms), *ids])


def _ips(ids: Collection[int]) -> list[str]:
    lines = AuditEntry.objects.filter(Q(target_kind=CONTACT, target_id__in=ids), ip__isnull=False)
    return sorted({ip for ip in lines.order_by().values_list("ip", flat=True).distinct() if ip})


def _distinct(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(text.strip() for text in texts) if text]
