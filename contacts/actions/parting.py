"""Whose the sign-in is when contacts that were one are apart again: a password follows the address that confirmed it.

Whoever set it since the merge read one of their mailboxes. It must not open what is somebody else's again (PRODUCT 3.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from django.utils.translation import gettext as _

from contacts.actions.merging import hand_over_sign_in
from contacts.actions.signins import candidate
from contacts.actions.snapshots import Flat, as_moment
from contacts.models import Address, Contact
from contacts.notices import CONTACT
from helpdesk.audit.models import AuditEntry
from helpdesk.outbox import links
from helpdesk.outbox.models import SecretLink
from helpdesk.users.addresses import address_key
from helpdesk.users.models import User

BY_LINK = ("contact.activate", "contact.reset_password")
BY_THEMSELVES = "contact.choose_password"
UNTOLD = ("contact.change_password", "contact.make_agent", "contact.unmerge_away")
"""Acts after which a password may be anybody's: an admin gave it to somebody, or it was set as another record's."""

PASSWORD = ("password", "password_set_at", "must_change_password")
Span = tuple[datetime, datetime]
LINKS = (SecretLink.Purpose.ACTIVATE, SecretLink.Purpose.RESET)


def give_sign_in(sign_in: Flat, survivor: Contact, other: Contact) -> list[str]:
    """The sign-in that `other` brought into the merge is its own again; returns what is to be said."""
    if survivor.user_id != sign_in["user"]:
        return [_("The sign-in of “%(name)s” is gone.") % {"name": other.name}]
    hand_over_sign_in(survivor, other)
    links.revoke(CONTACT, [survivor.pk], *LINKS)
    other.verified_at, other.verified_how = as_moment(sign_in["verified_at"]), sign_in["verified_how"]
    return []


def give_password(user: User | None, survivor: Contact, others: Iterable[Contact], *, since: datetime) -> list[str]:
    """A password of `user`, by whom they signed in while they were one, that was set `since`: to whoever confirmed it.

    Where that is not known it opens nothing any more. To be called once addresses and sign-in are given back; returns
    what is to be said.
    """
    people = [survivor, *others]
    holder = next((one for one in people if user and one.user_id == user.pk), None)
    if user is None or holder is None or not user.has_usable_password() or not user.has_new_password_since(since):
        return []
    act, span = _act(survivor, user, since)
    if act == BY_THEMSELVES and holder.verified_at and holder.verified_at <= since:
        return []  # they knew the one of before
    email = _confirmed_at(survivor, span) if act in BY_LINK else ""
    owner = _owner(email, people)
    if owner == holder:
        return []
    links.revoke(CONTACT, [holder.pk], *LINKS)
    if owner is None:
        return [_("It is not known whose the password is that was set since."), _without(holder)]
    text = _("The password that was set since was confirmed at %(email)s: it is that of “%(name)s” now.")
    return [text % {"email": email, "name": owner.name}, *_given(user, holder, owner, since)]


def _act(survivor: Contact, user: User, since: datetime) -> tuple[str, Span]:
    """How the password came about that whoever is signed in may have changed since, and after and until when.

    "" where the record does not tell.
    """
    lines = AuditEntry.objects.filter(target_kind=CONTACT, target_id=survivor.pk, at__gt=since)
    wanted = lines.filter(action__in=(*BY_LINK, BY_THEMSELVES, *UNTOLD)).order_by("-at", "-pk")
    told = [*wanted.values_list("action", "at"), (BY_THEMSELVES, since)]
    if not user.password_set_at or told[0][1] < user.password_set_at:
        return "", (since, since)
    spans = ((action, (before, at)) for (action, at), (_action, before) in pairwise(told))
    return next((act for act in spans if act[0] != BY_THEMSELVES), (BY_THEMSELVES, (since, since)))


def _confirmed_at(survivor: Contact, span: Span) -> str:
    """Where the link went by which the password was set; "" where it has been erased."""
    used = SecretLink.objects.of(CONTACT, survivor.pk).filter(purpose__in=LINKS, used_at__gt=span[0])
    return used.filter(used_at__lte=span[1]).order_by("-used_at").values_list("sent_to", flat=True).first() or ""


def _owner(email: str, people: Sequence[Contact]) -> Contact | None:
    address = Address.objects.filter(key=address_key(email)).first() if email else None
    return next((one for one in people if address and one.pk == address.contact_id), None)


def _given(user: User, holder: Contact, owner: Contact, since: datetime) -> list[str]:
    """A sign-in that began since goes with its password; one of before stays, without a password."""
    if owner.user is None and holder.verified_at and holder.verified_at > since:
        hand_over_sign_in(holder, owner)
        return []
    mine = candidate(owner)
    for name in PASSWORD:
        setattr(mine, name, getattr(user, name))
    mine.save(update_fields=PASSWORD if mine.pk else None)
    if owner.verified_at is None:
        owner.user, owner.verified_at, owner.verified_how = mine, user.password_set_at, Contact.VerifiedHow.LINK
        owner.save(update_fields=["user", "verified_at", "verified_how"])
    return [_without(holder)]


def _without(holder: Contact) -> str:
    """Verified as before, by a password that is still to be chosen."""
    if holder.user is not None:
        holder.user.set_unusable_password()
        holder.user.save(update_fields=["password"])
    return _("“%(name)s” has no password now. A password reset email leads to a new one.") % {"name": holder.name}
