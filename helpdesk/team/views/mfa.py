"""The second step of signing in: allauth's views behind our doors, with our forms; nothing else of allauth has an address."""

from __future__ import annotations

from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView, GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.http.response import HttpResponseBase

from helpdesk.team import mfa_forms as forms
from helpdesk.users.access import PersonRequest, allow, anyone
from helpdesk.users.roles import Permission
from helpdesk.users.signing_in import drop_overtaken

desk = allow(Permission.DESK_VIEW)

_authenticate = AuthenticateView.as_view(form_class=forms.CodeForm)


@anyone
def authenticate(request: PersonRequest) -> HttpResponseBase:
    """The second step; a first one that a new password has overtaken counts no more."""
    drop_overtaken(request)
    response: HttpResponseBase = _authenticate(request)
    return response


reauthenticate = desk(ReauthenticateView.as_view(form_class=forms.PasswordAgainForm))
reauthenticate_by_code = desk(CodeAgainView.as_view(form_class=forms.CodeAgainForm))
index = desk(IndexView.as_view())
activate = desk(ActivateTOTPView.as_view(form_class=forms.ActivateForm))
deactivate = desk(DeactivateTOTPView.as_view())
codes = desk(ViewRecoveryCodesView.as_view())
generate_codes = desk(GenerateRecoveryCodesView.as_view())
download_codes = desk(DownloadRecoveryCodesView.as_view())
