"""What to answer where an address has an owner already."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from contacts.actions.sharing import why_no_agent
from contacts.models import Contact
from helpdesk.users.models import User


def taken_by(owner: Contact | User) -> ValidationError:
    """Names the owner and leads there; a contact does not become an agent by an invitation."""
    if isinstance(owner, User):
        sentence, url = _("This address belongs to an agent already:"), reverse("team:edit", args=[owner.pk])
    else:
        sentence, url = _("This address belongs to a contact:"), owner.get_absolute_url()
    told = format_html('{} <a href="{}">{}</a>', sentence, url, owner.name)
    return ValidationError(told + _converting(owner) if isinstance(owner, Contact) else told)


def _converting(contact: Contact) -> SafeString:
    """The way to let them work here as they are."""
    if why_no_agent(contact):
        return SafeString()
    url = reverse("team:make_agent", args=[contact.pk])
    return format_html(' <a href="{}">{}</a>', url, _("Make this contact an agent"))
