"""Undoing a merge: everybody is brought back, and what people changed since is left as they want it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.models import Company
from contacts.actions import records
from contacts.actions.addresses import give_back
from contacts.actions.drafts import TEXTS, Draft
from contacts.actions.merging import Facts, end_sessions, facts_of, lock_contacts
from contacts.actions.parting import give_password, give_sign_in
from contacts.actions.records import ExternalIdTaken, Unreachable, primary_moved
from contacts.actions.signins import Refused
from contacts.actions.snapshots import Flat, Snapshot, as_moment, as_text, flat, ids_in
from contacts.actions.standing import open_or_close
from contacts.actions.tags import drop_unused, locked_tags
from contacts.followers import FOLLOWERS
from contacts.models import Contact, Membership, Merge, Tagging
from contacts.tag_names import tag_key
from helpdesk.audit.actions import Entry, differences, record_all
from helpdesk.users.actors import Actor
from helpdesk.users.addresses import address_key

KEPT = timedelta(days=30)


@dataclass
class Unmerged:
    """Who is back, and what stayed as it is, in the reader's language."""

    survivor: Contact
    back: list[Contact]
    left: list[str] = field(default_factory=list)


@transaction.atomic
def unmerge(merge: Merge, *, by: Actor) -> Unmerged:
    """Undo the merge; raises Refused with the reason."""
    survivor, others, snapshot = _claimed(merge)
    done = Unmerged(survivor, list(others.values()))
    survivor.version, survivor.updated_at = survivor.version + 1, timezone.now()
    before, facts = Draft.of(survivor), facts_of([survivor, *others.values()])
    user = survivor.user
    end_sessions([survivor.pk, *others])
    parts = [part for part in snapshot["others"] if part["id"] in others]
    for part in parts:
        _give_rows(part, others[part["id"]], done)
    done.left += give_password(user, survivor, others.values(), since=merge.at)
    _return_survivor(before, snapshot["survivor"], done)
    _keep_blocked(snapshot["survivor"], done)
    for part in parts:
        _bring_back(others[part["id"]], part, done)
    open_or_close([survivor.pk, *others])
    primary_moved(survivor, before, Draft.of(survivor), by=by)
    _note(done, facts, by=by)
    Merge.objects.filter(pk=merge.pk).update(undone_at=timezone.now(), snapshot=None)
    return done


def why_not(merge: Merge) -> str:
    """Why the merge cannot be undone now, in the reader's language; "" when it can."""
    survivor = merge.survivor
    if merge.undone_at:
        return _("It has been undone already.")
    if merge.snapshot is None or merge.at < timezone.now() - KEPT:
        return _("A merge can be undone for 30 days. They have passed.")
    if survivor.merged_into is not None:
        text = _("“%(name)s” has since been merged into “%(survivor)s”. Undo that merge first.")
        return text % {"name": survivor.name, "survivor": survivor.merged_into.name}
    if survivor.deleted_at:
        return _("“%(name)s” is deleted. Restore the contact first.") % {"name": survivor.name}
    if survivor.user is not None and survivor.user.is_agent:
        return _("“%(name)s” works here as an agent by now. Take the role away first.") % {"name": survivor.name}
    return ""


def tidy() -> int:
    """After 30 days forget what undoing needed: the snapshots, and what the merged-away were beside their names."""
    old = Merge.objects.filter(at__lt=timezone.now() - KEPT, snapshot__isnull=False)
    return sum(_forget(pk) for pk in list(old.values_list("pk", flat=True)[:1000]))


@transaction.atomic
def _forget(pk: int) -> int:
    merge = Merge.objects.get(pk=pk)
    gone = [] if merge.undone_at or merge.snapshot is None else ids_in(merge.snapshot)
    people = Contact.objects.filter(pk__in=gone, merged_into__isnull=False)
    blank = {name: "" for name in TEXTS if name not in ("name", "external_id")}
    Membership.objects.filter(contact__in=people).delete()
    _drop_tags(people)
    people.update(**blank, work_phone_key="", mobile_phone_key="", search_text="", external_id=None)
    return Merge.objects.filter(pk=pk, snapshot__isnull=False).update(snapshot=None)


def _drop_tags(people: QuerySet[Contact]) -> None:
    held = Tagging.objects.filter(contact__in=people)
    tags = locked_tags(remove=list(held.values_list("tag__name", flat=True)))
    held.delete()
    drop_unused(tag.pk for tag in tags)


def _claimed(merge: Merge) -> tuple[Contact, dict[int, Contact], Snapshot]:
    """The survivor, those who are still merged into it, and what was remembered; locked."""
    ids = ids_in(merge.snapshot) if merge.snapshot else []
    people = {one.pk: one for one in lock_contacts([merge.survivor_id, *ids])}
    fresh = Merge.objects.select_for_update(of=("self",)).select_related("survivor__merged_into").get(pk=merge.pk)
    if reason := why_not(fresh):
        raise Refused(reason)
    survivor = people.pop(fresh.survivor_id)
    others = {pk: one for pk, one in people.items() if one.merged_into_id == survivor.pk}
    return survivor, others, fresh.snapshot or {}


def _give_rows(part: Snapshot, other: Contact, done: Unmerged) -> None:
    """What other rooms know of one of them, who had been merged into it, the addresses and the sign-in."""
    survivor = done.survivor
    for name, memo in reversed(part["moved"].items()):
        follower = FOLLOWERS.get(name)
        if follower and (count := follower.restore(memo, other.pk, survivor.pk)):
            text = _("%(what)s of “%(name)s” that were moved or deleted since: %(count)s")
            done.left.append(text % {"what": follower.label, "name": other.name, "count": count})
    Contact.objects.filter(pk__in=part["merged"], merged_into=survivor).update(merged_into=other)
    lost = give_back(survivor, other, part["addresses"])
    text = _("%(email)s belongs to “%(name)s” now.")
    done.left += [text % {"email": taken.email, "name": taken.owner} for taken in lost]
    if part["sign_in"]:
        done.left += give_sign_in(part["sign_in"], survivor, other)


def _return_survivor(current: Draft, memory: Snapshot, done: Unmerged) -> None:
    """The fields that still are what the merge made them become what they were before it."""
    survivor = done.survivor
    blocked_before, blocked_after = memory["blocked_at"]
    if as_text(survivor.blocked_at) == blocked_after:
        survivor.blocked_at = as_moment(blocked_before)
    try:
        records.apply(survivor, _reduced(current, memory["before"], memory["after"], done))
    except Unreachable:
        raise Refused(
            _("“%(name)s” would have no email, phone or external ID left. Add one first.") % {"name": survivor.name}
        ) from None
    except ExternalIdTaken as taken:  # in this very moment
        raise Refused(_external_id_is_taken(str(taken.owner.external_id), survivor)) from None


def _keep_blocked(memory: Snapshot, done: Unmerged) -> None:
    """Whoever was blocked while they were one was blocked as each of them: nobody shakes it off by an unmerge."""
    survivor = done.survivor
    blocked = as_text(survivor.blocked_at)
    if blocked in (None, memory["blocked_at"][0]) or _is_of_another_merge(blocked, survivor):
        return
    text = _("“%(survivor)s” has been blocked since: “%(name)s” is blocked, too.")
    for other in done.back:
        if other.blocked_at is None:
            other.blocked_at = survivor.blocked_at
            done.left.append(text % {"survivor": survivor.name, "name": other.name})


def _is_of_another_merge(blocked: str | None, survivor: Contact) -> bool:
    """Whether the survivor is blocked only because it was merged with somebody blocked, too."""
    merges = Merge.objects.filter(survivor=survivor, undone_at=None, snapshot__isnull=False)
    return merges.filter(snapshot__survivor__blocked_at__0=None, snapshot__survivor__blocked_at__1=blocked).exists()


def _reduced(current: Draft, before: Flat, after: Flat, done: Unmerged) -> Draft:
    now, names = flat(current), [name for name in TEXTS if before[name] != after[name]]
    back: dict[str, Any] = {name: before[name] for name in names if now[name] == after[name]}
    if _is_taken(back.get("external_id", ""), done.survivor):
        done.left.append(_external_id_is_taken(back["external_id"], done.survivor))
        back["external_id"] = ""
    if now["company"] == after["company"]:
        back["company"] = _company(before["company"])
    default = back.get("company", current.company)
    return replace(
        current,
        **back,
        emails=tuple(_remaining(now["emails"], before["emails"], after["emails"], done.survivor)),
        other_companies=_further(now, before, after, default),
        tags=_tags(current, before, after),
    )


def _remaining(now: list[str], before: list[str], after: list[str], survivor: Contact) -> list[str]:
    """Those that are not given back; the primary of before leads, unless somebody chose another one since."""
    own = set(survivor.addresses.values_list("key", flat=True))
    left = [email for email in now if address_key(email) in own]
    was_chosen_since = now[:1] != after[:1] and now[:1] == left[:1]
    if before and not was_chosen_since:
        key = address_key(before[0])
        left.sort(key=lambda email: address_key(email) != key)
    return left


def _further(now: Flat, before: Flat, after: Flat, default: Company | None) -> tuple[Company, ...]:
    """Without those that the merge brought; with one it had made the default one."""
    own = {before["company"], *before["other_companies"]}
    brought = {after["company"], *after["other_companies"]} - own
    wanted = [pk for pk in now["other_companies"] if pk not in brought]
    wanted += [pk for pk in before["other_companies"] if pk == after["company"]]
    found = Company.objects.in_bulk([pk for pk in wanted if default is None or pk != default.pk])
    return tuple(found[pk] for pk in dict.fromkeys(wanted) if pk in found)


def _tags(current: Draft, before: Flat, after: Flat) -> tuple[str, ...]:
    brought = {*map(tag_key, after["tags"])} - {*map(tag_key, before["tags"])}
    return tuple(name for name in current.tags if tag_key(name) not in brought)


def _company(pk: int | None) -> Company | None:
    return Company.objects.filter(pk=pk).first() if pk else None


def _is_taken(external_id: str, contact: Contact) -> bool:
    return bool(external_id) and Contact.objects.filter(external_id=external_id).exclude(pk=contact.pk).exists()


def _bring_back(other: Contact, part: Snapshot, done: Unmerged) -> None:
    """Its row was kept: present again, its external id its own unless somebody has it by now."""
    other.merged_into, other.deleted_at, other.updated_at = None, None, timezone.now()
    other.version += 1
    other.save()
    draft = replace(Draft.of(other), external_id=part["external_id"] or "")
    try:
        records.apply(other, draft, must_be_reachable=False)  # its only address may be somebody else's by now
    except ExternalIdTaken:
        done.left.append(_external_id_is_taken(draft.external_id, other))
        records.apply(other, replace(draft, external_id=""), must_be_reachable=False)


def _external_id_is_taken(external_id: str, contact: Contact) -> str:
    text = _("The external ID %(id)s of “%(name)s” is somebody else's now.")
    return text % {"id": external_id, "name": contact.name}


def _note(done: Unmerged, before: Facts, *, by: Actor) -> None:
    after = facts_of([done.survivor, *done.back])
    changes: dict[str, tuple[Any, Any]] = {"merged": ([other.name for other in done.back], [])}
    if done.left:
        changes["left"] = (None, done.left)
    entries = [Entry("contact.unmerge", done.survivor, changes)]
    entries += [
        Entry("contact.unmerge_away", other, {"merged_into": (done.survivor.name, None)}) for other in done.back
    ]
    record_all(
        [
            replace(entry, changes={**entry.changes, **differences(before[one.pk], after[one.pk])})
            for entry, one in zip(entries, [done.survivor, *done.back], strict=True)
        ],
        by=by,
    )
