"""Deleting a contact forever (PRODUCT 3.11): nothing personal is left but in backups; that there was somebody stays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.actions.drafts import TEXTS
from contacts.actions.merging import lock_contacts
from contacts.actions.signins import Refused
from contacts.actions.snapshots import without_addresses
from contacts.actions.tags import drop_unused, locked_tags
from contacts.followers import FOLLOWERS, Words
from contacts.models import Contact, Merge, Tagging
from contacts.notices import CONTACT
from contacts.queries.traces import traces_of
from helpdesk.audit.actions import Target, record
from helpdesk.outbox.erasing import is_being_sent
from helpdesk.ui.conflicts import EditConflict
from helpdesk.users.actors import Actor
from helpdesk.users.addresses import address_key
from helpdesk.users.erasing import ERASED, ERASERS, Traces, wipe_log

LOOKED_AFTER = timedelta(days=2)


@transaction.atomic
def forget_contact(contact: Contact, *, version: int, by: Actor) -> None:
    """Erase the contact, as its page showed it at `version`, and whoever was merged into it: everywhere, for good.

    Raises Refused with the reason (an agent; a letter is being sent), EditConflict where it was changed since.
    """
    ids = family_of(contact)
    people = {one.pk: one for one in lock_contacts(ids)}
    _refuse(people.get(contact.pk), people.values())
    if people[contact.pk].version != version or family_of(contact) != ids:
        raise EditConflict
    gone = {name: (count, 0) for name, _label, count in counts_of(ids)}
    traces = traces_of(ids)
    _erase_rows(contact.pk, traces)
    erase(traces)
    record("contact.forget", Target(CONTACT, contact.pk, ERASED), changes=gone, by=by)
    transaction.on_commit(wipe_log, robust=True)


def family_of(contact: Contact) -> list[int]:
    """The contact and whoever was merged into it: the same person."""
    return [contact.pk, *contact.merged.order_by("pk").values_list("pk", flat=True)]


def counts_of(ids: Collection[int]) -> list[tuple[str, Words, int]]:
    """What follows these contacts, and how much of it there is; only what there is."""
    counted = [(one.name, one.label, sum(one.counts(ids).values())) for one in FOLLOWERS.values()]
    return [(name, label, count) for name, label, count in counted if count]


def why_not(contact: Contact) -> str:
    """Why the contact cannot be deleted forever now, in the reader's language; "" when it can."""
    if contact.user is not None and contact.user.is_agent:
        return _("“%(name)s” works here as an agent. End that first.") % {"name": contact.name}
    return ""


def erase(traces: Traces) -> None:
    """What every room knows by these words and numbers; higher rooms first, as they name things of lower ones."""
    for eraser in reversed(ERASERS.values()):
        eraser.erase(traces)
    for follower in FOLLOWERS.values():
        follower.erase(traces.ids)


def tidy() -> int:
    """What somebody wrote about a contact in the very moment it was forgotten (a view in the log) goes as well."""
    lately = Contact.objects.filter(forgotten_at__gt=timezone.now() - LOOKED_AFTER)
    return sum(_erase_again(pk) for pk in list(lately.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _erase_again(pk: int) -> int:
    erase(Traces(kind=CONTACT, ids=[pk]))
    return 1


def _refuse(contact: Contact | None, people: Collection[Contact]) -> None:
    if contact is None or contact.merged_into_id:
        raise EditConflict
    if contact.forgotten_at:
        raise Refused(_("This contact has been deleted forever already."))
    if reason := next((reason for one in people if (reason := why_not(one))), ""):
        raise Refused(reason)
    if is_being_sent(CONTACT, [one.pk for one in people]):
        raise Refused(_("An email to this contact is being sent right now. Try again in a minute."))


def _erase_rows(pk: int, traces: Traces) -> None:
    """An empty row stays; tags and companies lose a member."""
    _erase_remembered(traces.emails)  # first: an undoing that has its merge goes on to ask for the addresses
    _drop_tags(traces.ids)
    Contact.objects.filter(pk__in=traces.ids).exclude(pk=pk).delete()
    contact = Contact.objects.get(pk=pk)
    contact.addresses.all().delete()
    contact.memberships.all().delete()
    contact.merges.all().delete()
    moment, blank = timezone.now(), {name: "" for name in TEXTS if name != "external_id"}
    Contact.objects.filter(pk=pk).update(
        **blank, name_key="", work_phone_key="", mobile_phone_key="", search_text="", external_id=None,
        company=None, user=None, verified_at=None, verified_how="", blocked_at=None, activation_due=None,
        deleted_at=moment, forgotten_at=moment, updated_at=moment, version=F("version") + 1,
    )  # fmt: skip
    _erase_names(traces.names)


def _drop_tags(ids: Collection[int]) -> None:
    held = Tagging.objects.filter(contact__in=ids)
    tags = locked_tags(remove=list(held.values_list("tag__name", flat=True)))
    held.delete()
    drop_unused(tag.pk for tag in tags)


def _erase_remembered(emails: Collection[str]) -> None:
    """From merges of others that can still be undone: an address of now may have been one of theirs before."""
    keys = {address_key(email) for email in emails}
    kept = Merge.objects.filter(snapshot__isnull=False).order_by("pk").values_list("pk", "snapshot")
    ids = [pk for pk, snapshot in kept.iterator() if snapshot and snapshot != without_addresses(snapshot, keys)]
    for merge in Merge.objects.select_for_update().filter(pk__in=ids, snapshot__isnull=False).order_by("pk"):
        merge.snapshot = without_addresses(merge.snapshot or {}, keys)
        merge.save(update_fields=["snapshot"])


def _erase_names(names: Collection[str]) -> None:
    """From merges that were undone: their other side is somebody present, or in another's."""
    for merge in Merge.objects.filter(undone_at__isnull=False).only("names"):
        if set(merge.names) & set(names):
            merge.names = [ERASED if name in names else name for name in merge.names]
            merge.save(update_fields=["names"])
