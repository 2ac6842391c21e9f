"""What to answer where an address has an owner already."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from contacts.models import Contact
from helpdesk.users.models import User


def taken_by(owner: Contact | User) -> ValidationError:
    """Names the owner and leads there; a contact does not become an agent by an invitation."""
    if isinstance(owner, User):
        sentence, url = _("This address belongs to an agent already:"), reverse("team:edit", args=[owner.pk])
    else:
        sentence, url = _("This address belongs to a contact, who cannot be invited:"), owner.get_absolute_url()
    return ValidationError(format_html('{} <a href="{}">{}</a>', sentence, url, owner.name))
