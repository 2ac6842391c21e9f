"""Whether too many wrong passwords keep a customer out for now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import Exists, QuerySet
from django.utils import timezone

from contacts.models import Address, Contact
from contacts.notices import CONTACT
from helpdesk.audit.models import AuditEntry, Strand
from helpdesk.ui.questions import Blank, Records
from helpdesk.users import signing_in

MOST_PLACES = 20


def watched_addresses(contact: Contact) -> list[Address]:
    """The contact's addresses; whether `places` has anything to tell comes with the same question, as `was_used_up`."""
    return _watched().ask(contact=contact.pk, since=_since())


@cache
def _watched() -> Records[Address]:
    contact, since = Blank("contact", Contact._meta.pk), Blank("since", AuditEntry._meta.get_field("at"))
    return Records(Address.objects.filter(contact=contact).annotate(was_used_up=Exists(_lock_outs(contact, since))))


def locked_until(contact: Contact, addresses: Iterable[Address]) -> datetime | None:
    """When every address may be tried again from everywhere it was tried from; None where nothing keeps them out."""
    rows = list(addresses)
    where = places(contact) if any(getattr(row, "was_used_up", True) for row in rows) else []
    return signing_in.locked_until([row.key for row in rows], where)


def places(contact: Contact) -> list[str]:
    """The IPs from which the tries for this contact were used up of late, as the log has them; one query."""
    found = _lock_outs(contact.pk, _since()).order_by("-at", "-pk").values_list("ip", flat=True)[:MOST_PLACES]
    return [ip for ip in dict.fromkeys(found) if ip]


def _lock_outs(pk: Any, since: Any) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(
        target_kind=CONTACT, target_id=pk, strand=Strand.SIGN_IN, action="contact.lock_out", at__gt=since
    )


def _since() -> datetime:
    return timezone.now() - timedelta(seconds=signing_in.PER_KEY_AND_IP.seconds)
