"""An admin's choice of a contact's password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from helpdesk.ui.forms import Form
from helpdesk.users.models import User
from helpdesk.users.passwords import LONGEST


class PasswordForm(Form):
    """A password for `user`, by the rules; with the button "Generate" none needs to be typed."""

    password = forms.CharField(
        label=_("New password"), max_length=LONGEST, strip=False, required=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least 10 characters, not a common password, not like the contact’s email address."),
    )  # fmt: skip
    must_change = forms.BooleanField(label=_("Ask for a new password at next sign-in"), required=False, initial=True)
    marks_optional = False

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    @property
    def wants_generated(self) -> bool:
        """Whether the button "Generate" was pressed."""
        return "generate" in self.data

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if self.wants_generated:
            return ""
        if not password:
            raise ValidationError(_("Type a password, or let one be generated."), code="required")
        validate_password(password, self.user)
        return password
