"""I8: where a row tells of an act, the log does too; and the log, read from the beginning, says what the row says.

Things whose making is not on record were made by a test without the verbs: of them, only letters are looked at.
Things that a job changed have their `JobRow` instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

TURNS = {
    "contacts.contact": {
        "blocked_at": ("contact.block", "contact.unblock"),
        "deleted_at": ("contact.delete", "contact.restore"),
    },
    "companies.company": {"deleted_at": ("company.delete", "company.restore")},
    "users.user": {"is_inactive": ("user.deactivate", "user.reactivate")},
}
"""Per kind: what can be on or off, the act that turns it on and the one that turns it off."""

MADE = {"contacts.contact": "contact.create", "companies.company": "company.create", "users.user": "user.invite"}
LETTERS = {"user_activation": "contact.send_activation", "password_reset": "contact.send_reset"}


def i8_acts_are_recorded() -> Iterator[str]:
    yield from _resends()
    yield from _letters()
    for kind in MADE:
        yield from _things(kind)


def _resends() -> Iterator[str]:
    from django.db.models import Exists, OuterRef

    from helpdesk.audit.models import AuditEntry
    from helpdesk.outbox.models import OutgoingEmail

    told = AuditEntry.objects.filter(action="letter.resend", target_id=OuterRef("resent_from_id"))
    for letter in OutgoingEmail.objects.filter(resent_from__isnull=False).exclude(Exists(told)):
        yield f"letter {letter.pk} was sent again without a trace"


def _letters() -> Iterator[str]:
    """Each letter that invites somebody, or leads to a new password, was sent by somebody."""
    from helpdesk.outbox.models import OutgoingEmail

    for notice, action in LETTERS.items():
        letters = OutgoingEmail.objects.filter(about_kind="contacts.contact", notice=notice, resent_from=None)
        for pk, count in _counted(letters, "about_id").items():
            told = len(
                [entry for one in _family(pk) for entry in _entries("contacts.contact", one) if entry.action == action]
            )
            if told < count:
                yield f"contact {pk} was sent {count} letters {notice}, the log tells of {told}"


def _family(pk: int) -> list[int]:
    """The contact and those merged into it: their letters are its own now, what was done with them stays theirs."""
    from contacts.models import Contact

    return [pk, *Contact.objects.filter(merged_into=pk).values_list("pk", flat=True)]


def _things(kind: str) -> Iterator[str]:
    from django.apps import apps

    for thing in apps.get_model(kind).objects.order_by("pk"):
        entries = _entries(kind, thing.pk)
        if MADE[kind] not in {entry.action for entry in entries} or _is_a_jobs(kind, thing.pk):
            continue
        yield from (f"{kind} {thing.pk} {line}" for line in _contradictions(kind, thing, entries))


def _contradictions(kind: str, thing: Any, entries: list[Any]) -> Iterator[str]:
    for field, acts in TURNS[kind].items():
        is_on = not thing.is_active if field == "is_inactive" else bool(getattr(thing, field))
        turned = [entry.action for entry in entries if entry.action in acts or field in entry.changes]
        told = [_turns_on(entry, field, acts) for entry in entries if entry.action in acts or field in entry.changes]
        if is_on != (told[-1:] == [True]) and not (kind == "users.user" and not thing.is_agent):
            yield f"has {field} {'set' if is_on else 'unset'}, the log ends with {turned[-1:] or 'nothing'}"
    if getattr(thing, "verified_at", None) and not any("verified_at" in entry.changes for entry in entries):
        yield "is verified without a trace"
    if read := READERS.get(kind):
        yield from _unlike(read(thing), entries)


def _turns_on(entry: Any, field: str, acts: tuple[str, str]) -> bool:
    """By what the act is called, or by what it changed (a merge deletes some, and may block the survivor)."""
    return entry.action == acts[0] if entry.action in acts else bool(entry.changes[field][1])


def _unlike(facts: Mapping[str, Any], entries: list[Any]) -> Iterator[str]:
    """Where what was recorded last of a field is not what stands in the row."""
    told: dict[str, Any] = {}
    for entry in entries:
        told |= {field: pair[1] for field, pair in entry.changes.items()}
    for field, value in facts.items():
        if (told.get(field) or None) != (value or None):
            yield f"has {field} {value!r}, the log says {told.get(field)!r}"


def _contact(contact: Any) -> dict[str, Any]:
    """Companies go by names, which change without the contact."""
    from contacts.actions.drafts import TEXTS, Draft

    recorded = Draft.of(contact).as_recorded()
    return {name: recorded[name] for name in (*TEXTS, "emails")}


def _company(company: Any) -> Mapping[str, Any]:
    from companies.actions import facts

    return facts(company)


READERS: dict[str, Callable[[Any], Mapping[str, Any]]] = {"contacts.contact": _contact, "companies.company": _company}


def _entries(kind: str, pk: int) -> list[Any]:
    from helpdesk.audit.models import AuditEntry

    return list(AuditEntry.objects.filter(target_kind=kind, target_id=pk).order_by("pk"))


def _is_a_jobs(kind: str, pk: int) -> bool:
    from helpdesk.jobs.models import JobRow

    return JobRow.objects.filter(target_kind=kind, target_id=pk).exists()


def _counted(rows: Any, field: str) -> dict[int, int]:
    from django.db.models import Count

    return {row[field]: row["n"] for row in rows.order_by().values(field).annotate(n=Count("pk")) if row[field]}
