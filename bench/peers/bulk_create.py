"""Django's own `bulk_create(update_conflicts=True)`: contacts with their company and primary email, one transaction.

Batches of 1,000. No tags, no further emails, no outcomes, nothing to undo by.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from django.db import transaction

from bench.peers.rows import FOLLOWING, TEXTS, Companies, contact_of, read
from contacts.models import Address, Contact
from helpdesk.users.addresses import clean_address

BATCH = 1000
UPDATED = [name for name in (*TEXTS, *FOLLOWING, "company") if name != "external_id"]


@transaction.atomic
def run(path: Path) -> int:
    """Import the file; how many rows."""
    lines, companies, count = read(path), Companies(), 0
    while batch := list(islice(lines, BATCH)):
        _store(batch, companies)
        count += len(batch)
    return count


def _store(batch: list[dict[str, str]], companies: Companies) -> None:
    contacts = [contact_of(row, companies[row["company"]]) for row in batch]
    Contact.objects.bulk_create(
        contacts, update_conflicts=True, unique_fields=["external_id"], update_fields=UPDATED, batch_size=BATCH
    )
    Address.objects.bulk_create(
        _addresses(contacts, batch), update_conflicts=True, unique_fields=["key"], update_fields=["email"]
    )


def _addresses(contacts: list[Contact], batch: list[dict[str, str]]) -> Iterator[Address]:
    for contact, row in zip(contacts, batch, strict=True):
        key, stored = clean_address(row["email"])
        yield Address(key=key, email=stored, contact=contact, is_primary=True)
