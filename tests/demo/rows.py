"""What the demo data may touch, to be compared."""

from __future__ import annotations

from django.db import models

from companies.models import Company, CompanyDomain
from contacts.models import Address, Contact, Membership
from helpdesk.audit.models import AuditEntry
from helpdesk.outbox.models import OutgoingEmail, SecretLink
from helpdesk.users.models import User

ALL: tuple[type[models.Model], ...] = (
    Contact, Address, Membership, Company, CompanyDomain, User, OutgoingEmail, SecretLink, AuditEntry,
)  # fmt: skip


def rows() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in ALL}


def contents() -> dict[str, list[tuple[object, ...]]]:
    return {model.__name__: sorted(model._default_manager.values_list(), key=str) for model in ALL}
