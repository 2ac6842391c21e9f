"""allauth's forms in our words: it checks, we ask."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ReauthenticateForm as AllauthPasswordAgainForm
from allauth.mfa.base.forms import AuthenticateForm as AllauthCodeForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthCodeAgainForm
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateForm
from django import forms
from django.utils.translation import gettext_lazy as _

from helpdesk.team.forms import password_field
from helpdesk.ui.forms import Form

EITHER_CODE = _("From your authenticator app, or one of your recovery codes.")


def code_field(help_text: Any) -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
    return forms.CharField(label=_("Code"), max_length=40, widget=forms.TextInput(attrs=attrs), help_text=help_text)


class CodeForm(Form, AllauthCodeForm):
    """The second step at the door."""

    code = code_field(EITHER_CODE)


class CodeAgainForm(Form, AllauthCodeAgainForm):
    """The second step once more, before something delicate."""

    code = code_field(EITHER_CODE)


class ActivateForm(Form, AllauthActivateForm):
    """Proves that the app has the secret."""

    code = code_field(_("The six digits your app shows now."))


class PasswordAgainForm(Form, AllauthPasswordAgainForm):
    """The password once more, before something delicate."""

    password = password_field(_("Password"), is_new=False)
