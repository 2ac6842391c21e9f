"""What we ask of allauth: who may sign in where, where each role lands."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib import messages
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Case, Exists, OuterRef, Q, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contacts.actions.signins import note_sign_in
from contacts.models import Address
from helpdesk.audit.actions import record
from helpdesk.team.actions import mfa
from helpdesk.ui.house import house
from helpdesk.ui.questions import Blank, Question
from helpdesk.users import actors, sealing
from helpdesk.users.addresses import AddressError, address_key
from helpdesk.users.models import SignInPolicy, User
from helpdesk.users.network import client_ip
from helpdesk.users.passwords import is_hashable
from helpdesk.users.returning import was_turned_away
from helpdesk.users.signing_in import knows_password

log = structlog.get_logger("helpdesk.signin")


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
        """Whoever is signed in; whether they lack a second step that everybody needs comes with the same question."""
        found = _person().ask(pk=user_id)
        return _user_from(found[0]) if found else None


_NEEDED = Exists(SignInPolicy.objects.filter(requires_mfa=True))
_HAS_ONE = Exists(Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP))
_MISSING = Case(When(~Q(role="") & _NEEDED & ~_HAS_ONE, then=True), default=False)
_COLUMNS = [field.attname for field in User._meta.concrete_fields]


@cache
def _person() -> Question:
    """The active person with the id `pk`: every request asks for them."""
    person = User.objects.filter(is_active=True, pk=Blank("pk", User._meta.pk))
    return Question(person.values(*_COLUMNS, second_step_is_missing=_MISSING))


def _user_from(line: dict[str, Any]) -> User:
    user = User.from_db(DEFAULT_DB_ALIAS, _COLUMNS, [line[name] for name in _COLUMNS])
    user.__dict__["second_step_is_missing"] = line["second_step_is_missing"]
    return user


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
    """Letters go through our outbox, redirects to where the role lives, sign-ins into the log."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return home_of(request.user) if request.user.is_authenticated else reverse("account_login")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request)

    def login(self, request: HttpRequest, user: User) -> None:
        """The end of all stages: from here on the session is theirs. What they sent without it is not done, and they hear so."""
        is_lost = was_turned_away(request)
        super().login(request, user)
        if is_lost:
            messages.warning(
                request, gettext("You were signed out. What you sent was not carried out; please do it again.")
            )
        if user.is_agent:
            record("user.sign_in", user, by=_themselves(request, user))
        else:
            note_sign_in(user, by=_themselves(request, user))

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
        "cannot_delete_authenticator": _("This helpdesk requires two-step sign-in of all agents."),
        "incorrect_code": _("This code is not right. Codes change every 30 seconds: try the one shown now."),
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """A seed that cannot be read is as good as any other that no code fits."""
        try:
            return sealing.unseal(encrypted_text)
        except sealing.Unreadable:
            log.error("second_step_unreadable", hint="SECRET_KEY was changed without SECRET_KEY_FALLBACKS")
            return str(generate_totp_secret())

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the app of an agent while everybody needs one."""
        is_needed = authenticator.type == Authenticator.Type.TOTP and authenticator.user.is_agent
        return not (is_needed and SignInPolicy.objects.filter(requires_mfa=True).exists())

    def get_totp_label(self, user: Any) -> str:
        return str(user.email or user.name)

    def get_totp_issuer(self) -> str:
        return house().name


def home_of(user: User) -> str:
    """Agents land at the desk, customers in the portal."""
    return reverse("contacts:list") if user.is_agent else reverse("portal:home")


def _themselves(request: HttpRequest, user: User) -> actors.Actor:
    """`request.actor` as of now: at the end of signing in it is still the visitor of before."""
    before: actors.Actor = request.actor  # type: ignore[attr-defined]
    return actors.person(user, ip=before.ip, request_id=before.request_id)
