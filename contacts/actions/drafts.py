"""What somebody wants a contact to be, before it is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from companies.models import Company
from contacts.models import Contact, Tag

TEXTS = (
    "name",
    "job_title",
    "department",
    "work_phone",
    "mobile_phone",
    "language",
    "time_zone",
    "address",
    "external_id",
    "notes",
)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """All that can be typed about a contact. `emails` are as typed and the first is the primary one.

    `company` is the default company, `other_companies` are further ones; an unsaved one is made with the contact. `tags`
    are names, in the order of their keys.
    """

    name: str = ""
    emails: tuple[str, ...] = ()
    job_title: str = ""
    department: str = ""
    work_phone: str = ""
    mobile_phone: str = ""
    company: Company | None = None
    other_companies: tuple[Company, ...] = ()
    language: str = ""
    time_zone: str = ""
    address: str = ""
    external_id: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, contact: Contact) -> Draft:
        """The contact as it stands: the beginning of a change (`dataclasses.replace`)."""
        return cls(
            **{name: getattr(contact, name) or "" for name in TEXTS},
            emails=tuple(contact.addresses.values_list("email", flat=True)),
            company=contact.company,
            other_companies=tuple(
                member.company for member in contact.memberships.select_related("company").order_by("pk")
            ),
            tags=tuple(Tag.objects.filter(taggings__contact=contact).order_by("key").values_list("name", flat=True)),
        )

    @property
    def is_reachable(self) -> bool:
        """Whether there is an email, a phone, a mobile or an external id."""
        return any((*self.emails, self.work_phone, self.mobile_phone, self.external_id))

    def as_recorded(self) -> dict[str, Any]:
        """Every field as the audit log shows it: companies by name."""
        return {
            **{name: getattr(self, name) for name in TEXTS},
            "emails": list(self.emails),
            "company": self.company.name if self.company else "",
            "other_companies": [company.name for company in self.other_companies],
            "tags": list(self.tags),
        }
