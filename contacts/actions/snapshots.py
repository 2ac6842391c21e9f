"""What a merge remembers, as JSON, so that undoing can bring everybody back.

`survivor`: `before` and `after`, two flat drafts; `blocked_at` likewise. `others`, one each: `id`, `external_id`,
`addresses`, `sign_in` (where it became the survivor's, else None), `merged` (who had been merged into it before),
`moved` (follower → its memo).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from contacts.actions.drafts import Draft
from contacts.models import Contact
from helpdesk.users.addresses import address_key

Flat = dict[str, Any]
Snapshot = dict[str, Any]


def flat(draft: Draft) -> Flat:
    """The draft with companies by number."""
    fields = {name: getattr(draft, name) for name in Draft.__dataclass_fields__}
    return {
        **{name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()},
        "company": draft.company.pk if draft.company else None,
        "other_companies": [company.pk for company in draft.other_companies],
    }


def of_other(contact: Contact, *, gives_sign_in: bool) -> Snapshot:
    """One that is about to be merged away, before anything of it moves."""
    return {
        "id": contact.pk,
        "external_id": contact.external_id,
        "addresses": [
            {
                "key": row.key,
                "email": row.email,
                "is_primary": row.is_primary,
                "confirmed_at": as_text(row.confirmed_at),
            }
            for row in contact.addresses.all()
        ],
        "sign_in": _sign_in(contact) if gives_sign_in else None,
        "merged": list(contact.merged.order_by("pk").values_list("pk", flat=True)),
        "moved": {},
    }


def ids_in(snapshot: Mapping[str, Any]) -> list[int]:
    """Who was merged away."""
    return [other["id"] for other in snapshot["others"]]


def without_addresses(snapshot: Snapshot, keys: Collection[str]) -> Snapshot:
    """As if those of the addresses had not been there whose keys these are; texts stay as they are."""
    survivor = {
        name: {**part, "emails": [email for email in part["emails"] if address_key(email) not in keys]}
        if name in ("before", "after")
        else part
        for name, part in snapshot["survivor"].items()
    }
    others = [
        {**other, "addresses": [row for row in other["addresses"] if row["key"] not in keys]}
        for other in snapshot["others"]
    ]
    return {**snapshot, "survivor": survivor, "others": others}


def as_text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def as_moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None


def _sign_in(contact: Contact) -> Snapshot:
    return {
        "user": contact.user_id,
        "verified_at": as_text(contact.verified_at),
        "verified_how": contact.verified_how,
    }
