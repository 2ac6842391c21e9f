"""What visitors and customers may type."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from helpdesk.ui.forms import Form
from helpdesk.ui.languages import zone_choices
from helpdesk.users.addresses import ADDRESS_LENGTH, AddressError, clean_address
from helpdesk.users.models import User
from helpdesk.users.passwords import LONGEST

RULE = _("At least 10 characters. Not a common password, and not your email address.")


def _email_field() -> forms.CharField:
    attrs = {"type": "email", "inputmode": "email", "autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
    return forms.CharField(label=_("Email"), max_length=ADDRESS_LENGTH, widget=forms.TextInput(attrs))


def _password_field(label: Any, autocomplete: str, **given: Any) -> forms.CharField:
    widget = forms.PasswordInput({"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=LONGEST, widget=widget, **given)


class SignInForm(Form):
    """An address, as typed (any of the person's), and the password."""

    email = _email_field()
    password = _password_field(_("Password"), "current-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """With an address at hand, the password is what to type."""
        super().__init__(*args, **kwargs)
        known = self.data.get("email") if self.is_bound else self.initial.get("email")
        self.fields["password" if known else "email"].widget.attrs["autofocus"] = True


class LinkRequestForm(Form):
    """The address whose owner wants in."""

    email = _email_field()

    def clean_email(self) -> str:
        return _readable_address(self.cleaned_data["email"])


class NewPasswordForm(Form):
    """One new password; `user` is whose, it must not be like their address."""

    password = _password_field(_("New password"), "new-password", help_text=RULE)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password"].widget.attrs["autofocus"] = True

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password


class OwnPasswordForm(NewPasswordForm):
    """A customer's own choice; the present password is asked unless it was set for them and has to go."""

    current = _password_field(_("Current password"), "current-password")
    field_order = ("current", "password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        if user.must_change_password:
            del self.fields["current"]

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        if not self.user.check_password(current):
            raise ValidationError(_("This is not your current password."), code="wrong_password")
        return current

    def clean_password(self) -> str:
        password = super().clean_password()
        if self.user.check_password(password):
            raise ValidationError(_("Choose a password other than the present one."), code="same_password")
        return password


class ProfileForm(Form):
    """What customers keep about themselves."""

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput({"autocomplete": "name"}))
    work_phone = forms.CharField(
        label=_("Work phone"), max_length=60, required=False, widget=forms.TextInput({"type": "tel", "autocomplete": "work tel"})
    )
    mobile_phone = forms.CharField(
        label=_("Mobile phone"), max_length=60, required=False, widget=forms.TextInput({"type": "tel", "autocomplete": "mobile tel"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices, required=False)

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


def _readable_address(typed: str) -> str:
    try:
        return clean_address(typed).stored
    except AddressError as error:
        raise ValidationError(error.message, code="address") from error
