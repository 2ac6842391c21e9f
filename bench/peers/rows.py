"""What every peer that imports needs: a row of the sheet as a contact, with the columns that follow from what was typed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from bench.sheets import HEADERS
from companies.models import Company, match_key_of
from contacts.models import Contact
from contacts.phones import phone_key
from contacts.searching import search_text
from helpdesk.ui.sorting import name_key

REGION = "KR"
TEXTS = ("name", "job_title", "department", "work_phone", "mobile_phone", "external_id", "notes")
FOLLOWING = ("name_key", "work_phone_key", "mobile_phone_key", "search_text")
"""Columns of a contact that a row fills, and those that follow from them."""


def read(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file, by the names of our fields."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file)
        next(lines)
        for line in lines:
            yield dict(zip(HEADERS, line, strict=True))


def contact_of(row: dict[str, str], company: int | None) -> Contact:
    """The contact of a row, unsaved."""
    contact = Contact(company_id=company, **{name: row[name] for name in TEXTS})
    follow(contact, emails_of(row))
    return contact


def follow(contact: Contact, emails: list[str]) -> None:
    """Set what sorts, finds and compares the contact."""
    phones = (contact.work_phone, contact.mobile_phone)
    contact.name_key = name_key(contact.name)
    contact.work_phone_key, contact.mobile_phone_key = (phone_key(phone, REGION) for phone in phones)
    contact.search_text = search_text(contact.name, emails, phones, contact.external_id or "", REGION)


def emails_of(row: dict[str, str]) -> list[str]:
    return [email.strip() for email in [row["email"], *row["emails"].split(";")] if email.strip()]


def tags_of(row: dict[str, str]) -> list[str]:
    return [tag.strip() for tag in row["tags"].split(",") if tag.strip()]


class Companies:
    """Companies by name, made where there are none; each asked for once."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def __getitem__(self, name: str) -> int | None:
        if name and name not in self._known:
            self._known[name] = company_called(name).pk
        return self._known.get(name)


def company_called(name: str) -> Company:
    """The company of that name in any spelling, made where there is none."""
    keys = {"name_key": name_key(name), "match_key": match_key_of(name)}
    return Company.objects.called(name).first() or Company.objects.create(name=name, **keys)
