"""A contact who also works here: one person, one sign-in, one address table (docs/adr/0014).

Parts of the team's verbs, each inside their transaction and with the contact locked.
"""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contacts.actions import progress
from contacts.actions.drafts import Draft
from contacts.actions.records import apply
from contacts.actions.signins import candidate, primary_of
from contacts.models import MOST_ADDRESSES, Address, Contact
from contacts.notices import CONTACT
from helpdesk.outbox import links
from helpdesk.outbox.models import SecretLink
from helpdesk.users.models import User


def why_no_agent(contact: Contact) -> str:
    """Why this contact cannot become an agent now; "" when they can."""
    if contact.merged_into_id:
        return _("merged into another contact")
    if contact.deleted_at:
        return pgettext("why a contact gets no email", "deleted")
    if contact.blocked_at:
        return pgettext("why a contact gets no email", "blocked")
    if contact.user is not None and contact.user.is_agent:
        return _("works here as an agent already")
    return "" if primary_of(contact) else _("no email")


def locked_of(user: User) -> Contact | None:
    """The contact who is the same person, kept from everybody else until the transaction ends."""
    return Contact.objects.select_for_update(of=("self",)).prefetch_related("user").filter(user=user).first()


def share(contact: Contact, role: str) -> User:
    """Give the contact's sign-in this role; whoever has none gets one without a password. Links for customers die."""
    primary = primary_of(contact)
    user = candidate(contact)
    user.role, user.email, user.is_active = role, primary.email if primary else "", True
    if contact.user is None:
        user.set_unusable_password()
        user.save()
        contact.user = user
        contact.save(update_fields=["user"])
    else:
        user.save(update_fields=["role", "email", "is_active"])
    contact.addresses.filter(is_primary=True).update(user=user)
    links.revoke(CONTACT, [contact.pk], SecretLink.Purpose.ACTIVATE, SecretLink.Purpose.RESET)
    progress.settle([contact.pk])
    return user


def part(contact: Contact, user: User) -> None:
    """The user is the contact's alone, who stays verified where there is a password; else there is none any more.

    Addresses only the agent had become the contact's, as far as there is room.
    """
    _take_addresses(contact, user)
    if user.has_usable_password():
        verify(contact)
    else:
        contact.user, contact.verified_at, contact.verified_how = None, None, ""
        contact.save(update_fields=["user", "verified_at", "verified_how"])
    draft = Draft.of(contact)
    apply(contact, draft, tags_seen=draft.tags)
    progress.settle([contact.pk])


def verify(contact: Contact) -> None:
    """Whoever has a password signs in to the portal, too."""
    if contact.verified_at is None:
        contact.verified_at, contact.verified_how = timezone.now(), Contact.VerifiedHow.INVITATION
        contact.save(update_fields=["verified_at", "verified_how"])


def _take_addresses(contact: Contact, user: User) -> None:
    own = Address.objects.filter(user=user, contact=None).order_by("-is_primary", "pk")
    room = MOST_ADDRESSES - contact.addresses.count()
    taken = list(own.values_list("pk", flat=True)[:room])
    if Address.objects.filter(pk__in=taken).update(contact=contact, is_primary=False):
        Contact.objects.filter(pk=contact.pk).update(version=F("version") + 1)
        contact.refresh_from_db(fields=["version"])
    Address.objects.filter(user=user, contact=None).delete()
    Address.objects.filter(user=user).update(user=None)
    if primary_of(contact) is None and (first := contact.addresses.order_by("pk").first()):
        contact.addresses.filter(pk=first.pk).update(is_primary=True)
