"""django-import-export: its resources as a developer of this product would write them. Its app need not be installed.

`ContactResource` does all that a row asks for, with the library's defaults and one transaction. `BulkContactResource` is
its bulk mode as its manual advises for many rows (no diffs, batches of 1,000): what follows a saved contact is not
possible there, so tags and further emails are dropped; the primary email is stored beside each batch.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tablib
from django.db.models import QuerySet
from import_export.fields import Field
from import_export.instance_loaders import CachedInstanceLoader
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget

from bench.peers.rows import TEXTS, company_called, emails_of, follow, tags_of
from bench.sheets import HEADERS
from companies.models import Company
from contacts.models import Address, Contact, Tag, Tagging
from contacts.tag_names import tag_key
from helpdesk.users.addresses import clean_address


class CompanyWidget(ForeignKeyWidget):  # type: ignore[misc]
    """A company by its name, made where there is none."""

    def __init__(self) -> None:
        super().__init__(Company, field="name")

    def clean(self, value: str | None, row: Any = None, **kwargs: Any) -> Company | None:
        return company_called(value) if value else None


class ContactResource(ModelResource):  # type: ignore[misc]
    company = Field("company", HEADERS["company"], widget=CompanyWidget())

    class Meta:
        model = Contact
        fields = (*TEXTS, "company")
        import_id_fields = ("external_id",)
        use_transactions = True
        skip_unchanged = True
        report_skipped = True

    @classmethod
    def get_fields_by_header(cls) -> dict[str, str]:
        return {header: name for name, header in HEADERS.items()}

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        """Headers as the fields are called, but for the company's, which the field names itself."""
        names = self.get_fields_by_header()
        dataset.headers = [header if header == HEADERS["company"] else names[header] for header in dataset.headers]

    def before_save_instance(self, instance: Contact, row: dict[str, str], **kwargs: Any) -> None:
        follow(instance, emails_of(row))

    def after_save_instance(self, instance: Contact, row: dict[str, str], **kwargs: Any) -> None:
        _put_emails(instance, emails_of(row))
        for name in tags_of(row):
            tag, _made = Tag.objects.get_or_create(key=tag_key(name), defaults={"name": name})
            Tagging.objects.get_or_create(contact=instance, tag=tag)


def _put_emails(contact: Contact, emails: list[str]) -> None:
    """Each address once; the first one is the primary where there is none yet."""
    for place, typed in enumerate(emails):
        key, stored = clean_address(typed)
        defaults = {"email": stored, "contact": contact, "is_primary": place == 0}
        address, _made = Address.objects.get_or_create(key=key, defaults=defaults)
        if address.contact_id != contact.pk:
            raise ValueError(f"{typed} belongs to somebody else")


class BulkContactResource(ContactResource):
    class Meta(ContactResource.Meta):
        use_bulk = True
        batch_size = 1000
        skip_diff = True
        skip_unchanged = False  # without diffs it has nothing to compare
        report_skipped = False

    def before_save_instance(self, instance: Contact, row: dict[str, str], **kwargs: Any) -> None:
        super().before_save_instance(instance, row, **kwargs)
        instance.typed_email = row["email"]  # type: ignore[attr-defined]

    def after_save_instance(self, instance: Contact, row: dict[str, str], **kwargs: Any) -> None:
        """Nothing is saved yet in bulk mode."""

    def bulk_create(self, *args: Any, **kwargs: Any) -> None:
        made = list(self.create_instances)
        super().bulk_create(*args, **kwargs)
        Address.objects.bulk_create(_primary(contact) for contact in made)


class CachedBulkContactResource(BulkContactResource):
    """The bulk mode with all contacts of the file looked up by one query, which the manual mentions for small files."""

    class Meta(BulkContactResource.Meta):
        instance_loader_class = CachedInstanceLoader


def _primary(contact: Contact) -> Address:
    key, stored = clean_address(contact.typed_email)  # type: ignore[attr-defined]
    return Address(key=key, email=stored, contact=contact, is_primary=True)


def run(resource: ModelResource, path: Path) -> int:
    """Import the file; how many rows were created or updated."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        dataset = tablib.Dataset().load(file, format="csv")
    result = resource.import_data(dataset, dry_run=False, raise_errors=True)
    return int(result.totals["new"] + result.totals["update"])


class ContactExport(ModelResource):  # type: ignore[misc]
    """The columns of our sheet, as the manual shows it: each row asks for its company, emails and tags."""

    company = Field("company__name", HEADERS["company"])
    email = Field(column_name=HEADERS["email"])
    emails = Field(column_name=HEADERS["emails"])
    tags = Field(column_name=HEADERS["tags"])

    class Meta:
        model = Contact
        fields = (*TEXTS, "company", "email", "emails", "tags")
        export_order = tuple(HEADERS)
        chunk_size = 1000

    def get_queryset(self) -> QuerySet[Contact]:
        return Contact.objects.filter(deleted_at=None).order_by("pk")

    def dehydrate_email(self, contact: Contact) -> str:
        return next((one.email for one in contact.addresses.all() if one.is_primary), "")

    def dehydrate_emails(self, contact: Contact) -> str:
        return "; ".join(one.email for one in contact.addresses.all() if not one.is_primary)

    def dehydrate_tags(self, contact: Contact) -> str:
        return ", ".join(sorted(one.tag.name for one in contact.taggings.all()))


class PrefetchedContactExport(ContactExport):
    """The same by somebody who knows what that costs."""

    def get_queryset(self) -> QuerySet[Contact]:
        return super().get_queryset().select_related("company").prefetch_related("addresses", "taggings__tag")


def export(resource: ModelResource, path: Path) -> int:
    """Write all contacts as CSV; how many."""
    dataset = resource.export()
    path.write_text(dataset.export("csv"), encoding="utf-8-sig", newline="")
    return len(dataset)
