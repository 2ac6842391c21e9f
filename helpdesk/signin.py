"""What we ask of allauth: who may sign in where, where each role lands."""

from __future__ import annotations

from typing import Any, Literal

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts.models import Address
from helpdesk.audit.actions import record
from helpdesk.team.actions import mfa
from helpdesk.users import actors
from helpdesk.users.addresses import AddressError, address_key
from helpdesk.users.models import User
from helpdesk.users.network import client_ip
from helpdesk.users.passwords import is_hashable
from helpdesk.users.signing_in import knows_password


class AddressBackend(BaseBackend):
    """Signs in by any address of a person. Whoever fails costs one query and one password hash.

    A password nobody can have is refused without either, for every address alike.
    """

    def authenticate(
        self, request: HttpRequest | None, email: str = "", password: str = "", **_ignored: Any
    ) -> User | None:
        if not is_hashable(password):
            return None
        user = _user_at(email)
        if user is None or not user.has_usable_password():
            make_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()


def _user_at(typed: str) -> User | None:
    """The person at this address; an address nobody can have asks the same one question."""
    try:
        key = address_key(typed)
    except AddressError:
        key = ""
    address = Address.objects.filter(key=key).select_related("user", "contact__user").first()
    if address is None:
        return None
    return address.user or (address.contact.user if address.contact else None)


class AccountAdapter(DefaultAccountAdapter):
    """Letters go through our outbox, redirects to where the role lives, agents' sign-ins into the log."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return home_of(request.user) if request.user.is_authenticated else reverse("account_login")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request)

    def login(self, request: HttpRequest, user: User) -> None:
        """The end of all stages: from here on the session is theirs."""
        super().login(request, user)
        if user.is_agent:
            record("user.sign_in", user, by=_themselves(request, user))

    def reauthenticate(self, user: User, password: str) -> bool:
        return knows_password(user, password)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """What allauth would write itself becomes a line of the log and a letter of ours."""
        if event := _MFA_EVENTS.get(template_prefix):
            mfa.note(user, event, by=_themselves(self.request, user))


_MFA_EVENTS: dict[str, Literal["mfa_on", "mfa_off", "mfa_codes"]] = {
    "mfa/email/totp_activated": "mfa_on",
    "mfa/email/totp_deactivated": "mfa_off",
    "mfa/email/recovery_codes_generated": "mfa_codes",
}


class MFAAdapter(DefaultMFAAdapter):
    """MFA is for agents."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right. Codes change every 30 seconds: try the one shown now."),
    }

    def get_totp_label(self, user: Any) -> str:
        return str(user.email or user.name)

    def get_totp_issuer(self) -> str:
        return str(settings.HELPDESK_NAME)


def home_of(user: User) -> str:
    """Agents land at the desk, customers in the portal."""
    return reverse("contacts:list") if user.is_agent else reverse("portal:home")


def _themselves(request: HttpRequest, user: User) -> actors.Actor:
    """`request.actor` as of now: at the end of signing in it is still the visitor of before."""
    before: actors.Actor = request.actor  # type: ignore[attr-defined]
    return actors.person(user, ip=before.ip, request_id=before.request_id)
