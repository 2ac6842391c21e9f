"""Which merges a contact came out of, and where a merged-away one has gone."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from contacts.models import Contact, Merge
from contacts.notices import CONTACT
from helpdesk.audit.models import AuditEntry, Strand
from helpdesk.timeline import sources
from helpdesk.timeline.sources import Asked, Event, TimelineSource
from helpdesk.timeline.telling import facts_of_act, recorded_among
from helpdesk.users.models import User

HAS_MERGED = Exists(Contact.objects.filter(merged_into=OuterRef("pk")))
"""Whether anybody was ever merged into a contact, and not brought back."""

OTHERS_ACT = "contacts/_merged_act.html"


def merges_into(contact: Contact) -> list[Merge]:
    """Those that can still be undone, the newest first, without what undoing needs."""
    kept = Merge.objects.filter(survivor=contact, undone_at=None, snapshot__isnull=False)
    return list(kept.defer("snapshot").order_by("-pk"))


def told_apart(contact: Contact) -> str:
    """ "Kim · #7 · kim@acme.example": of namesakes each looks different; with the first of its addresses."""
    return _told_apart(contact.name, contact.pk, [row.email for row in contact.addresses.all()])


def merged_away(merge: Merge) -> list[str]:
    """Those who came into the merge, told apart by what undoing knows of them; only names where it knows nothing."""
    others = merge.snapshot["others"] if merge.snapshot else []
    if len(others) != len(merge.names):
        return list(merge.names)
    return [
        _told_apart(name, other["id"], [row["email"] for row in other["addresses"]])
        for name, other in zip(merge.names, others, strict=True)
    ]


def _told_apart(name: str, pk: int, emails: list[str]) -> str:
    return " · ".join([name, f"#{pk}", *emails[:1]])


def survivor_of(pk: int, user: User) -> tuple[Contact, Contact] | None:
    """The contact that was merged away and the one that it is now; None where there is no such contact for `user`."""
    gone = Contact.objects.filter(pk=pk, merged_into__isnull=False).select_related("merged_into").first()
    if gone is None or gone.merged_into is None:
        return None
    is_visible = Contact.objects.visible_to(user).filter(pk=gone.merged_into.pk).exists()
    return (gone, gone.merged_into) if is_visible else None


def recorded_before(asked: Asked) -> list[Event]:
    """What was done with those who have been merged into the contact: the record stays theirs, this timeline tells it."""
    gone = list(Contact.objects.filter(merged_into=asked.subject_id).order_by("pk").values_list("pk", flat=True))
    if not gone:
        return []
    return recorded_among(AuditEntry.objects.filter(target_kind=CONTACT, target_id__in=gone), asked, OTHERS_ACT)


def register_source() -> None:
    """Called once, at the start."""
    kinds = {"changes": Strand.CHANGE.label, "signins": Strand.SIGN_IN.label}
    sources.register(
        TimelineSource(name="merged", kinds=kinds, events=recorded_before, subjects=(CONTACT,), facts=facts_of_act)
    )
