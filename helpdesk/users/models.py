"""Who can sign in: agents (with a role), verified contacts (without), or one person who is both."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from helpdesk.users.roles import GRANTS, Permission, Role


class UserQuerySet(models.QuerySet["User"]):
    def agents(self) -> UserQuerySet:
        return self.exclude(role="").order_by("name", "pk")

    def admins(self) -> UserQuerySet:
        return self.filter(role=Role.ADMIN, is_active=True).order_by("pk")

    def able_to_sign_in(self) -> UserQuerySet:
        """Active people who have set a password (an invited agent has not yet)."""
        return self.filter(is_active=True).exclude(password="").exclude(password__startswith="!")  # noqa: S106 (the sign of an unusable one)


class Theme(models.TextChoices):
    AUTO = "auto", _("Like my device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class User(AbstractBaseUser):
    """A person who signs in with any of their addresses (`contacts.Address`).

    `email` is the primary address as typed, for display only: kept by the verbs that change addresses, never searched.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=200)
    email = models.CharField(_("Email"), max_length=254, blank=True, editable=False)
    role = models.CharField(_("Role"), max_length=20, choices=Role, blank=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(_("Language"), max_length=10, default="en")
    time_zone = models.CharField(_("Time zone"), max_length=64, blank=True)
    theme = models.CharField(_("Appearance"), max_length=10, choices=Theme, default=Theme.AUTO)
    signature = models.TextField(_("Signature"), blank=True, max_length=4000)
    must_change_password = models.BooleanField(default=False)
    password_set_at = models.DateTimeField(null=True, blank=True, editable=False)
    sessions_epoch = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "public_id"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="user_role_known", condition=Q(role__in=["", *Role.values])),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_agent(self) -> bool:
        """Works at the desk. Customers have no role."""
        return bool(self.role)

    @property
    def is_invited(self) -> bool:
        """An agent who has not yet accepted the invitation."""
        return self.is_agent and not self.has_usable_password()

    def set_password(self, raw_password: str | None) -> None:
        """Also notes when: letters that were to lead to a new password before then have come too late."""
        super().set_password(raw_password)
        self.password_set_at = timezone.now()

    def has_new_password_since(self, moment: datetime) -> bool:
        return self.password_set_at is not None and self.password_set_at > moment

    @property
    def lacks_second_step(self) -> bool:
        """Of whoever is signed in (asked with the person, in `helpdesk.signin`): an agent without MFA who needs it."""
        return bool(self.__dict__.get("second_step_is_missing"))

    def may(self, permission: Permission) -> bool:
        return self.is_active and permission in GRANTS.get(self.role, frozenset())

    def get_session_auth_hash(self) -> str:
        """Sessions end when the password or the epoch changes."""
        return salted_hmac(
            "helpdesk.users.session", f"{self.password}:{self.sessions_epoch}", algorithm="sha256"
        ).hexdigest()

    def get_session_auth_fallback_hash(self) -> list[str]:
        return []

    def end_sessions(self) -> None:
        """Sign this person out everywhere, at their next request."""
        type(self).objects.filter(pk=self.pk).update(sessions_epoch=F("sessions_epoch") + 1)
        self.refresh_from_db(fields=["sessions_epoch"])


class SignInPolicy(models.Model):
    """How everybody signs in: one row, none until an admin asks for something."""

    ONLY = 1

    requires_mfa = models.BooleanField(_("Two-step sign-in for all agents"), default=False)

    class Meta:
        constraints = [models.CheckConstraint(name="sign_in_policy_one_row", condition=Q(pk=1))]

    def __str__(self) -> str:
        return "two steps for all agents" if self.requires_mfa else "two steps by choice"


class Tally(models.Model):
    """How often something was tried in the window that began at `started_at`; see `throttling`."""

    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="tally_once", fields=["action", "subject"])]

    def __str__(self) -> str:
        return f"{self.action}: {self.count}"
