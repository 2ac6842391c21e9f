"""What an admin types before a contact is deleted forever."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from helpdesk.ui.forms import Form
from helpdesk.users.addresses import AddressError, address_key


class ForgetForm(Form):
    """The contact's name or primary email, however it is spaced and capitalised."""

    confirmation = forms.CharField(label=_("Name or primary email"), max_length=300)
    confirmation.widget.attrs["autocomplete"] = "off"
    marks_optional = False

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contact = contact

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        primary = self.contact.addresses.filter(is_primary=True).first()
        if _folded(typed) == _folded(self.contact.name) or (primary and _key(typed) == primary.key):
            return typed
        raise ValidationError(_("That is neither the name nor the primary email of this contact."), code="other")


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _key(typed: str) -> str:
    try:
        return address_key(typed)
    except AddressError:
        return ""
