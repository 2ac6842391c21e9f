"""Several contacts become one (PRODUCT 3.11). Undone by `contacts.actions.unmerging`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.actions import records
from contacts.actions.drafts import Draft
from contacts.actions.merge_plans import Choices, Plan, obstacles, plan_of
from contacts.actions.records import ExternalIdTaken, Unreachable, primary_moved
from contacts.actions.signins import Refused
from contacts.actions.snapshots import Snapshot, as_text, flat, of_other
from contacts.actions.standing import open_or_close
from contacts.followers import FOLLOWERS
from contacts.models import Address, Contact, Merge
from contacts.notices import CONTACT
from helpdesk.audit.actions import Entry, differences, record_all
from helpdesk.outbox import links
from helpdesk.outbox.models import SecretLink
from helpdesk.ui.conflicts import EditConflict
from helpdesk.users.actors import Actor
from helpdesk.users.models import User

STATES = ("verified_at", "blocked_at", "deleted_at")
Facts = dict[int, dict[str, Any]]


@transaction.atomic
def merge_contacts(
    survivor: Contact, others: Iterable[Contact], choices: Choices, *, versions: Mapping[int, int], by: Actor
) -> Merge:
    """Make `others` part of `survivor`: what the preview (`plan_of`) showed of them as they were at `versions`.

    Raises Refused with the reason, and EditConflict where one of them was edited since; then nothing has happened.
    """
    ids = [survivor.pk, *(other.pk for other in others)]
    people = lock_contacts(ids)
    _refuse(ids, people)
    if any(versions.get(one.pk) != one.version for one in people):
        raise EditConflict
    plan, before = plan_of(people, survivor.pk, choices), facts_of(people)
    snapshot = _snapshot(plan)
    _gather(plan)
    _become(plan, by=by)
    _follow(plan, snapshot)
    _go(plan)
    _note(plan, before, by=by)
    names = [side.contact.name for side in plan.others]
    return Merge.objects.create(survivor=plan.survivor.contact, names=names, by_name=by.name[:200], snapshot=snapshot)


def lock_contacts(ids: Iterable[int]) -> list[Contact]:
    """In one order for everybody; with their users, read once nobody else is writing them."""
    rows = Contact.objects.select_for_update(of=("self",)).select_related("company").prefetch_related("user")
    return list(rows.filter(pk__in=list(ids)).order_by("pk"))


def facts_of(people: Iterable[Contact]) -> Facts:
    """All that the record tells of each of them, by number."""
    return {one.pk: {**Draft.of(one).as_recorded(), **{name: getattr(one, name) for name in STATES}} for one in people}


def end_sessions(ids: Iterable[int]) -> None:
    """Whoever signs in as one of these contacts does so anew; an agent's sign-in is the team's affair."""
    User.objects.filter(contact__in=list(ids), role="").update(sessions_epoch=F("sessions_epoch") + 1)


def hand_over_sign_in(giver: Contact, taker: Contact) -> None:
    """The taker is verified as the giver was, who is not any more."""
    user, verified_at, how = giver.user, giver.verified_at, giver.verified_how
    for contact, sign_in in ((giver, (None, None, "")), (taker, (user, verified_at, how))):
        contact.user, contact.verified_at, contact.verified_how = sign_in
        contact.save(update_fields=["user", "verified_at", "verified_how"])
    links.revoke(CONTACT, [taker.pk], SecretLink.Purpose.ACTIVATE)


def _refuse(ids: list[int], people: list[Contact]) -> None:
    if len(ids) != len(set(ids)):
        raise Refused(_("A contact cannot be merged with itself."))
    if len(people) < len(ids):
        raise Refused(_("not found"))
    if reasons := obstacles(people):
        raise Refused(reasons[0])


def _snapshot(plan: Plan) -> Snapshot:
    others = [of_other(side.contact, gives_sign_in=side.contact == plan.keeper) for side in plan.others]
    blocked = [as_text(plan.survivor.contact.blocked_at), as_text(plan.blocked_at)]
    return {"survivor": {"before": flat(plan.before), "blocked_at": blocked}, "others": others}


def _gather(plan: Plan) -> None:
    """Bring to the survivor what only one can have: addresses, the sign-in; and let go of the external ids."""
    ids = [side.pk for side in plan.others]
    end_sessions([plan.survivor.pk, *ids])
    Contact.objects.filter(pk__in=ids).update(external_id=None)
    Address.objects.filter(contact__in=ids).update(contact=plan.survivor.contact, is_primary=False)
    links.revoke(CONTACT, ids)
    if plan.keeper is not None and plan.keeper != plan.survivor.contact:
        hand_over_sign_in(plan.keeper, plan.survivor.contact)


def _become(plan: Plan, *, by: Actor) -> None:
    """The survivor's own fields, under a new version; whoever signs in hears of another primary email."""
    contact = plan.survivor.contact
    keeper = next((side.draft for side in plan.sides if side.contact == plan.keeper), plan.before)
    contact.blocked_at, contact.version = plan.blocked_at, contact.version + 1
    contact.updated_at = timezone.now()
    try:
        records.apply(contact, plan.after)
    except Unreachable:
        raise Refused(
            _("Nothing would be left to reach the contact by: an email, a phone or an external ID.")
        ) from None
    except ExternalIdTaken as taken:
        raise Refused(_("The external ID belongs to “%(name)s” by now.") % {"name": taken.owner.name}) from None
    primary_moved(contact, keeper, plan.after, by=by)


def _follow(plan: Plan, snapshot: Snapshot) -> None:
    """What other rooms know of the others, and who had been merged into them before."""
    for other in snapshot["others"]:
        for follower in FOLLOWERS.values():
            other["moved"][follower.name] = follower.move(other["id"], plan.survivor.pk)
        Contact.objects.filter(merged_into=other["id"]).update(merged_into=plan.survivor.contact)
    snapshot["survivor"]["after"] = flat(plan.after)


def _go(plan: Plan) -> None:
    """Nobody finds them any more. What shows their addresses is blanked: one may be somebody else's one day."""
    ids, moment = [side.pk for side in plan.others], timezone.now()
    Contact.objects.filter(pk__in=ids).update(
        merged_into=plan.survivor.contact,
        deleted_at=moment,
        updated_at=moment,
        version=F("version") + 1,
        search_text="",
    )
    User.objects.filter(contact__in=ids, role="").update(email="")
    open_or_close([plan.survivor.pk, *ids])


def _note(plan: Plan, before: Facts, *, by: Actor) -> None:
    """Each of them has a line that says what became of it."""
    people = lock_contacts(before)
    after = facts_of(people)
    survivor, names = plan.survivor.contact, [side.contact.name for side in plan.others]
    more: dict[int, dict[str, tuple[Any, Any]]] = {one.pk: {"merged_into": (None, survivor.name)} for one in people}
    more[survivor.pk] = {"merged": ([], names)}
    record_all(
        [
            Entry(
                "contact.merge" if one.pk == survivor.pk else "contact.merge_away",
                one,
                {**more[one.pk], **differences(before[one.pk], after[one.pk])},
            )
            for one in people
        ],
        by=by,
    )
