"""What people may type about the team and their own sign-in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from helpdesk.ui.forms import Form, ModelForm, NameField
from helpdesk.ui.languages import zone_choices
from helpdesk.ui.widgets import LongSelect
from helpdesk.users.addresses import AddressError, address_key, clean_address
from helpdesk.users.models import User
from helpdesk.users.passwords import LONGEST
from helpdesk.users.roles import Role
from helpdesk.users.signing_in import knows_password

RULE = _("At least 10 characters. Not a common password, and not your email address.")


class EmailField(forms.CharField):
    """An address as `helpdesk.users.addresses` understands it; gives it back as it will be stored."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "email", "autocomplete": kwargs.pop("autocomplete", "off"), "inputmode": "email"}
        super().__init__(label=_("Email"), max_length=1000, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        try:
            return clean_address(typed).stored if typed else typed
        except AddressError as error:
            raise ValidationError(error.message) from error


def password_field(label: Any, *, is_new: bool) -> forms.CharField:
    """With the rule told before typing where the password `is_new`."""
    autocomplete = "new-password" if is_new else "current-password"
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(
        label=label, max_length=LONGEST, strip=False, widget=widget, help_text=RULE if is_new else ""
    )


def known_password(user: User, typed: str) -> str:
    """`typed`, if it is the password of `user`; ValidationError, too, after too many that were not."""
    if not knows_password(user, typed):
        raise ValidationError(_("This is not your current password, or there were too many attempts."))
    return typed


def typed_email_field() -> forms.CharField:
    """An address at a door: nothing is said about it but by the answer for all."""
    attrs = {
        "type": "email",
        "inputmode": "email",
        "autocomplete": "username",
        "autocapitalize": "none",
        "spellcheck": "false",
    }
    return forms.CharField(label=_("Email"), max_length=1000, widget=forms.TextInput(attrs=attrs))


class SignInForm(Form):
    """Takes whatever was typed: what is wrong with it is told by the one failure page."""

    email = typed_email_field()
    password = password_field(_("Password"), is_new=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """With an address at hand, the password is what to type."""
        super().__init__(*args, **kwargs)
        known = self.data.get("email") if self.is_bound else self.initial.get("email")
        self.fields["password" if known else "email"].widget.attrs["autofocus"] = True


class AskForm(Form):
    """Whose password is forgotten."""

    email = typed_email_field()


class NewPasswordForm(Form):
    """A new password for `user`, by the rules."""

    password = password_field(_("New password"), is_new=True)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, self.user)
        return password


class ChangePasswordForm(NewPasswordForm):
    """The same, with the present password first, unless somebody else chose that one."""

    current = password_field(_("Current password"), is_new=False)
    field_order = ("current", "password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        if user.must_change_password:
            del self.fields["current"]

    def clean_current(self) -> str:
        return known_password(self.user, self.cleaned_data["current"])

    def clean_password(self) -> str:
        password = super().clean_password()
        if self.user.check_password(password):
            raise ValidationError(_("This is your password already. Choose another one."))
        return password


class OwnEmailForm(Form):
    """An agent's new address, with the password: whoever finds a desk unlocked must not take the account away."""

    email = EmailField(autocomplete="email")
    current = password_field(_("Current password"), is_new=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New email")
        self.user = user

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if address_key(email) == address_key(self.user.email):
            raise ValidationError(_("This is your email address already."))
        return email

    def clean_current(self) -> str:
        return known_password(self.user, self.cleaned_data["current"])


class AcceptForm(NewPasswordForm):
    """An invited agent's own name and password."""

    name = NameField(widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = password_field(_("Password"), is_new=True)
    field_order = ("name", "password")


class InviteForm(Form):
    """Whom to invite, as what, and in which language to write."""

    email = EmailField()
    name = NameField(required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Role, initial=Role.AGENT)
    language = forms.ChoiceField(label=_("Language of the letter"), choices=settings.LANGUAGES)


class RoleForm(Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role)


class ProfileForm(ModelForm):
    """What agents say about themselves."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices, widget=LongSelect, required=False)

    class Meta:
        model = User
        fields = ("name", "language", "time_zone", "theme", "signature")
        field_classes = {"name": NameField}
        widgets = {"signature": forms.Textarea(attrs={"rows": 4})}
