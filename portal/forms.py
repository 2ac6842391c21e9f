"""What visitors and customers may type."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from helpdesk.team import forms as team
from helpdesk.ui.forms import Form, LineField, NameField
from helpdesk.ui.languages import zone_choices
from helpdesk.ui.widgets import LongSelect
from helpdesk.users.models import User


class SignInForm(team.SignInForm):
    """An address, as typed (any of the person's), and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """With an address at hand, the password is what to type."""
        super().__init__(*args, **kwargs)
        known = self.data.get("email") if self.is_bound else self.initial.get("email")
        self.fields["password" if known else "email"].widget.attrs["autofocus"] = True


class NewPasswordForm(team.NewPasswordForm):
    """The one field of its page."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["password"].widget.attrs["autofocus"] = True


class LinkRequestForm(Form):
    """The address whose owner wants in."""

    email = team.EmailField(autocomplete="username")


class ProfileForm(Form):
    """What customers keep about themselves."""

    name = NameField(widget=forms.TextInput({"autocomplete": "name"}))
    work_phone = LineField(
        label=_("Work phone"),
        max_length=60,
        required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "work tel"}),
    )
    mobile_phone = LineField(
        label=_("Mobile phone"),
        max_length=60,
        required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "mobile tel"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices, widget=LongSelect, required=False)

    @staticmethod
    def values_of(contact: Contact) -> dict[str, str]:
        """The fields as they stand."""
        language = contact.language or (contact.user.language if contact.user else "")
        return {
            "name": contact.name,
            "work_phone": contact.work_phone,
            "mobile_phone": contact.mobile_phone,
            "language": language,
            "time_zone": contact.time_zone,
        }
