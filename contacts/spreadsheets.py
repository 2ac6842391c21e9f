"""A contact as a row of a spreadsheet, both ways (PRODUCT 3.5, 3.6). `fields` is asked anew each time: admins may add some."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from contacts.acts import newcomers
from contacts.acts.wording import names
from contacts.exports import EXPORTER
from contacts.imports import chunks, undoing
from contacts.imports.cells import LIMITS, LONGEST_COMPANY
from contacts.notices import CONTACT
from helpdesk.exchange.sheets import Choice, Field, Importer, Sheet
from helpdesk.users.roles import Permission

SEVERAL = _("Several are separated by semicolons.")
PHONE = _("Kept as typed; a number that a spreadsheet robbed of its leading zero gets it back.")

_mobile = re.compile(r"\s*(?:\+?82[\s.-]*\(?0?\)?)?[\s.(-]*0?1[016-9][\s).-]*[0-9]{3,4}[\s.-]*[0-9]{4}\s*")


def are_mobiles(values: Sequence[str]) -> bool:
    """Whether most of these are Korean mobile numbers."""
    return sum(bool(_mobile.fullmatch(value)) for value in values) * 2 > len(values)


def fields() -> Sequence[Field]:
    """In the order of the guide, and of the files we write."""
    return STANDARD


def imported(count: int) -> str:
    """How an import ended, to be filled with its counts."""
    return ngettext(
        "%(count)s contact was imported (%(created)s created, %(updated)s updated); %(skipped)s skipped, %(failed)s failed.",
        "%(count)s contacts were imported (%(created)s created, %(updated)s updated); %(skipped)s skipped, %(failed)s failed.",
        count,
    )


STANDARD = (
    Field(
        name="name", label=_("Name"), longest=LIMITS["name"], example=_("Minjun Kim"),
        headers=("Full name", "Contact", "Contact name", "Customer", "Customer name", "이름", "성명", "고객명", "담당자", "담당자명", "성함"),
        help=_("Blank: of a new contact the part of the email before the @; a known one keeps its name."),
    ),
    Field(
        name="email", label=_("Email"), longest=254, example="minjun.kim@example.com", is_identifier=True,
        headers=("E-mail", "Mail", "Email address", "Primary email", "메일", "이메일", "이메일주소", "전자우편", "메일주소", "기본 이메일"),
        help=_("The primary address. A contact who is known already gets a new address as a secondary one."),
    ),
    Field(
        name="emails", label=_("Secondary emails"), is_several=True, example="kim@example.com; minjun@example.org", is_identifier=True,
        headers=("Secondary email", "Further emails", "Other emails", "Additional emails", "보조 이메일", "추가 이메일", "다른 이메일"),
        help=_("Several are separated by semicolons. A contact has at most 10 addresses in all; none is ever taken away."),
    ),
    Field(
        name="work_phone", label=_("Work phone"), longest=LIMITS["work_phone"], example="02-123-4567", help=PHONE, is_identifier=True,
        headers=("Phone", "Phone number", "Telephone", "Tel", "Office phone", "연락처", "전화", "전화번호", "직장전화", "대표번호", "회사전화", "유선전화"),
    ),
    Field(
        name="mobile_phone", label=_("Mobile phone"), longest=LIMITS["mobile_phone"], example="010-1234-5678", help=PHONE,
        is_identifier=True, headers=("Mobile", "Cell", "Cell phone", "HP", "H.P", "휴대폰", "핸드폰", "휴대전화", "휴대폰번호", "핸드폰번호", "모바일"),
        doubtful=("연락처", "전화", "전화번호", "Phone", "Phone number"), fits=are_mobiles,
    ),
    Field(
        name="company", label=_("Company"), longest=LONGEST_COMPANY, example=_("Hanbit Soft"),
        headers=("Company name", "Organization", "Organisation", "Account", "회사", "회사명", "업체명", "상호", "거래처", "거래처명", "고객사", "소속"),
        help=_(
            "The default company; the one so far is replaced. Names are compared without spaces, case and legal form, such as Inc. or (주)."
        ),
    ),
    Field(
        name="other_companies", label=_("Further companies"), longest=LONGEST_COMPANY, is_several=True,
        headers=("Other companies", "Additional companies", "다른 회사", "추가 회사", "그 밖의 회사"), example="Acme; Globex",
        help=_("Several are separated by semicolons. They are added to those the contact has."),
    ),
    Field(
        name="job_title", label=_("Job title"), longest=LIMITS["job_title"], example=_("Manager"),
        headers=("Title", "Position", "Role", "직급", "직위", "직책", "직함"),
    ),
    Field(
        name="department", label=_("Department"), longest=LIMITS["department"], example=_("Purchasing"),
        headers=("Dept", "Team", "부서", "부서명", "팀"),
    ),
    Field(
        name="tags", label=_("Tags"), is_several=True, example="vip; 2026", headers=("Tag", "Labels", "태그", "꼬리표"),
        help=_("Several are separated by semicolons or commas. They are added to those the contact has."),
    ),
    Field(
        name="language", label=_("Language"), longest=10, example="ko", headers=("Locale", "언어"), is_preset=False,
        help=_("Of letters to the contact: ko (Korean) or en (English)."),
    ),
    Field(
        name="time_zone", label=_("Time zone"), longest=64, example="Asia/Seoul", headers=("Timezone", "시간대"), is_preset=False,
        help=_("Its name, such as Asia/Seoul."),
    ),
    Field(
        name="address", label=_("Address"), longest=LIMITS["address"], example=_("1 Sejong-daero, Seoul"),
        headers=("Street", "Postal address", "주소"),
    ),
    Field(
        name="external_id", label=_("External ID"), longest=LIMITS["external_id"], example="C-10023", is_identifier=True,
        headers=("Customer number", "Customer ID", "Customer code", "고객번호", "고객코드", "거래처코드", "외부 ID", "회원번호"),
        help=_("Your own number for the contact. It recognises a contact before anything else does; each belongs to one contact."),
    ),
    Field(
        name="notes", label=_("Notes"), longest=LIMITS["notes"], example=_("Likes to be called in the morning"),
        headers=("Note", "Remarks", "Comment", "Comments", "비고", "메모", "특이사항"),
    ),
    Field(name="state", label=_("State"), is_imported=False),
    Field(name="verified_at", label=pgettext_lazy("moment", "Verified"), is_imported=False, is_preset=False),
    Field(name="created_at", label=pgettext_lazy("moment", "Created"), is_imported=False, is_preset=False),
    Field(name="updated_at", label=pgettext_lazy("moment", "Updated"), is_imported=False, is_preset=False),
)  # fmt: skip

CHOICES = (
    Choice(
        name="create_companies", label=_("Create missing companies"), default=True, needs=("company", "other_companies"),
        help=_("Otherwise rows that name a company which does not exist fail."),
    ),
    Choice(
        name="add_company", label=_("Add the company instead of replacing"), needs=("company",),
        help=_("Contacts keep their default company; that of the file becomes a further one."),
    ),
    Choice(
        name="replace_tags", label=_("Replace the tags"), needs=("tags",),
        help=_("Contacts lose those tags that the file does not give them."),
    ),
    Choice(
        name="primary_from_file", label=_("Make the file's email the primary one"), needs=("email",),
        help=_("The one so far stays as a secondary one. Customers with a sign-in are told at both addresses."),
    ),
    Choice(
        name="blank_clears", label=_("Blank clears the field"),
        help=_("Otherwise blank cells change nothing. Names and email addresses are never cleared."),
    ),
    Choice(
        name="restore_deleted", label=_("Restore deleted contacts"),
        help=_("Otherwise rows about deleted contacts fail."),
    ),
    Choice(
        name="send_activation", label=_("Send activation emails to new contacts"), needs=("email", "emails"),
        help=_("When the import is complete, a job sends them bit by bit. It can be paused and cancelled."),
    ),
)  # fmt: skip

CONTACTS = Sheet(
    name="contacts",
    label=_("Contacts"),
    target=CONTACT,
    import_permission=Permission.CONTACT_IMPORT,
    export_permission=Permission.CONTACT_EXPORT,
    fields=fields,
    exporter=EXPORTER,
    importer=Importer(
        reader=chunks.reader,
        review=chunks.review,
        work=chunks.work,
        undo=undoing.undo,
        batch=chunks.BATCH,
        ended=newcomers.invite,
    ),
    choices=CHOICES,
    names=names,
    imported=imported,
    words={
        "import": _("Import contacts"),
        "export": _("Export contacts"),
        "file": _("contacts"),
        "list": _("Go to contacts"),
        "match": _(
            "A row is about the contact with its external ID; else with any of its emails; else, if it has neither, with its"
            " phone. Where these lead to two contacts, the row fails and names both."
        ),
    },
)
