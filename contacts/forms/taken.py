"""What to say where an address or an external id is somebody else's: whose it is, and the way out."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from contacts.actions.addresses import Taken
from contacts.actions.records import ExternalIdTaken
from contacts.models import Contact
from helpdesk.users.models import User
from helpdesk.users.roles import Permission


def why_taken(refusal: Taken | ExternalIdTaken, *, reader: User, contact: Contact | None) -> str:
    """Whose it is, with the way there. Who may can restore a deleted owner, or merge a present one with `contact`."""
    owner = refusal.owner
    if isinstance(owner, User):
        words = _("“%(value)s” is the address of an agent: %(name)s.")
        return words % {"value": _value(refusal), "name": owner.name}
    if owner.deleted_at:
        told = _linked(_("“{value}” belongs to the deleted contact {owner}."), _value(refusal), owner)
        return told + _restoring(owner, reader)
    return _linked(_("“{value}” belongs to {owner}."), _value(refusal), owner) + _merging(owner, reader, contact)


def _restoring(owner: Contact, reader: User) -> SafeString:
    if not reader.may(Permission.CONTACT_DELETE):
        return SafeString()
    return format_html(' <a href="{}">{}</a>', reverse("contacts:restore", args=[owner.pk]), _("Restore"))


def _merging(owner: Contact, reader: User, contact: Contact | None) -> SafeString:
    """The way to make both one, for those who may."""
    if contact is None or not reader.may(Permission.CONTACT_MERGE):
        return SafeString()
    url = f"{reverse('contacts:merge')}?contact={contact.pk}&contact={owner.pk}"
    return format_html(' <a href="{}">{}</a>', url, _("Merge"))


def _value(refusal: Taken | ExternalIdTaken) -> str:
    return refusal.email if isinstance(refusal, Taken) else str(refusal.owner.external_id)


def _linked(text: str, value: str, owner: Contact) -> SafeString:
    return format_html(
        text, value=value, owner=format_html('<a href="{}">{}</a>', owner.get_absolute_url(), owner.name)
    )
