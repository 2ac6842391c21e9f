"""Everything that is known about a contact, as the files of an archive to hand out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Contact, Merge
from helpdesk.timeline import exporting
from helpdesk.ui.moments import spoken
from helpdesk.ui.zipping import Files

OWN = (
    *("name", "job_title", "department", "work_phone", "mobile_phone", "language", "time_zone", "address"),
    *("external_id", "notes", "verified_at", "verified_how", "blocked_at", "deleted_at", "created_at", "updated_at"),
)


def everything_about(contact: Contact) -> Files:
    """In the reader's language: README.txt, data.json, and each letter as text and as HTML."""
    yield "README.txt", [_readme(contact)]
    yield "data.json", _data(contact)
    for name, text in exporting.files(contact):
        yield name, [text]


def _readme(contact: Contact) -> str:
    lines = [
        _("Everything about contact #%(number)s") % {"number": contact.pk},
        _("Made on %(when)s.") % {"when": spoken(timezone.now())},
        "",
        _("data.json: all fields, email addresses, companies and tags; merged contacts; every change, sign-in, email, note and job."),
        _("letters/: each email that was written to this contact, as text and as HTML. Secret links are taken out."),
        "",
        _("Backups and the list of who looked at this contact are not in here."),
    ]  # fmt: skip
    return "\r\n".join([*lines, ""])


def _data(contact: Contact) -> Iterator[str]:
    """One JSON object, written piece by piece."""
    yield f'{{"contact": {_json(_person(contact))}'
    merged = [_person(one) for one in contact.merged.order_by("pk")]
    yield f',\n"merged_contacts": {_json(merged)}'
    yield f',\n"merges": {_json(_merges(contact))}'
    for source, facts in exporting.told(contact):
        yield f",\n{_json(source.name)}: ["
        yield from _joined(facts)
        yield "]"
    yield "}\n"


def _joined(facts: Iterable[dict[str, Any]]) -> Iterator[str]:
    before = "\n"
    for fact in facts:
        yield before + _json(fact)
        before = ",\n"


def _person(contact: Contact) -> dict[str, Any]:
    further = contact.memberships.select_related("company").order_by("pk")
    tags = contact.taggings.order_by("tag__key").values_list("tag__name", flat=True)
    return {
        "number": contact.pk,
        **{name: getattr(contact, name) for name in OWN},
        "emails": list(contact.addresses.values("email", "is_primary", "confirmed_at")),
        "company": contact.company.name if contact.company else None,
        "further_companies": [member.company.name for member in further],
        "tags": list(tags),
        "has_portal_sign_in": contact.user_id is not None,
    }


def _merges(contact: Contact) -> list[dict[str, Any]]:
    merges = Merge.objects.filter(survivor=contact).order_by("pk").defer("snapshot")
    return [{"names": one.names, "by": one.by_name, "at": one.at, "undone_at": one.undone_at} for one in merges]


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
