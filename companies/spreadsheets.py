"""A company as a row of a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from companies.exports import EXPORTER
from companies.imports import chunks, undoing
from companies.imports.cells import LIMITS
from companies.models import Company
from helpdesk.exchange.sheets import Choice, Field, Importer, Sheet
from helpdesk.users.roles import Permission


def fields() -> Sequence[Field]:
    """In the order of the guide, and of the files we write."""
    return STANDARD


def imported(count: int) -> str:
    """How an import ended, to be filled with its counts."""
    return ngettext(
        "%(count)s company was imported (%(created)s created, %(updated)s updated); %(skipped)s skipped, %(failed)s failed.",
        "%(count)s companies were imported (%(created)s created, %(updated)s updated); %(skipped)s skipped, %(failed)s failed.",
        count,
    )


STANDARD = (
    Field(
        name="name", label=_("Name"), longest=LIMITS["name"], example=_("Hanbit Soft"), is_identifier=True,
        headers=("Company", "Company name", "Organization", "Organisation", "Account", "회사", "회사명", "업체명", "상호", "거래처", "거래처명", "고객사", "이름"),
        help=_("It recognises a company. Names are compared without spaces, case and legal form, such as Inc. or (주); a known company keeps its spelling."),
    ),
    Field(
        name="domains", label=_("Email domains"), is_several=True, example="acme.com; acme.co.kr",
        headers=("Domain", "Domains", "Email domain", "Website", "도메인", "이메일 도메인", "메일 도메인"),
        help=_("Several are separated by semicolons. They are added to those the company has; each belongs to one company."),
    ),
    Field(
        name="phone", label=_("Phone"), longest=LIMITS["phone"], example="02-123-4567",
        headers=("Phone number", "Telephone", "Tel", "Office phone", "전화", "전화번호", "대표번호", "연락처", "회사전화"),
    ),
    Field(
        name="address", label=_("Address"), longest=LIMITS["address"], example=_("1 Sejong-daero, Seoul"),
        headers=("Street", "Postal address", "주소", "회사주소", "사업장주소"),
    ),
    Field(
        name="notes", label=_("Notes"), longest=LIMITS["notes"], example=_("Customer since 2019"),
        headers=("Note", "Remarks", "Comment", "Comments", "비고", "메모", "특이사항"),
    ),
    Field(name="created_at", label=pgettext_lazy("moment", "Created"), is_imported=False, is_preset=False),
    Field(name="updated_at", label=pgettext_lazy("moment", "Updated"), is_imported=False, is_preset=False),
)  # fmt: skip

CHOICES = (
    Choice(
        name="blank_clears", label=_("Blank clears the field"),
        help=_("Otherwise blank cells change nothing. Names and domains are never cleared."),
    ),
    Choice(
        name="restore_deleted", label=_("Restore deleted companies"),
        help=_("Otherwise rows about deleted companies fail."),
    ),
)  # fmt: skip


def _names(ids: Sequence[int]) -> Mapping[int, str]:
    return dict(Company.objects.filter(pk__in=ids).values_list("pk", "name"))


COMPANIES = Sheet(
    name="companies",
    label=_("Companies"),
    target=Company._meta.label_lower,
    import_permission=Permission.COMPANY_IMPORT,
    export_permission=Permission.COMPANY_EXPORT,
    fields=fields,
    importer=Importer(
        reader=chunks.reader, review=chunks.review, work=chunks.work, undo=undoing.undo, batch=chunks.BATCH
    ),
    exporter=EXPORTER,
    choices=CHOICES,
    imported=imported,
    names=_names,
    words={
        "import": _("Import companies"),
        "export": _("Export companies"),
        "file": _("companies"),
        "list": _("Go to companies"),
    },
)
