"""Every letter is a row first (PRODUCT 3.10); what a row may become, and the secret links letters carry."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.ui.house import house

LINK_PLACEHOLDER = "https://link.invalid/secret"
UNTIL_PLACEHOLDER = "[[until]]"


class State(models.TextChoices):
    """queued → claimed → handoff → sent | failed | unknown | cancelled | skipped."""

    QUEUED = "queued", _("Queued")
    CLAIMED = "claimed", _("Being sent")
    HANDOFF = "handoff", _("With the mail server")
    SENT = "sent", pgettext_lazy("letter", "Sent")
    FAILED = "failed", pgettext_lazy("letter", "Failed")
    UNKNOWN = "unknown", pgettext_lazy("letter", "Unknown")
    CANCELLED = "cancelled", _("Cancelled")
    SKIPPED = "skipped", _("Skipped")


WAITING = (State.QUEUED, State.CLAIMED, State.HANDOFF)
FINAL = (State.SENT, State.FAILED, State.UNKNOWN, State.CANCELLED, State.SKIPPED)
NOT_SENT = (State.FAILED, State.UNKNOWN, State.CANCELLED, State.SKIPPED)
MAY_HAVE_ARRIVED = (State.HANDOFF, State.SENT, State.UNKNOWN)


class OutgoingEmailQuerySet(models.QuerySet["OutgoingEmail"]):
    def about(self, kind: str, *ids: int) -> OutgoingEmailQuerySet:
        """Letters about these subjects, e.g. `about("contact", 7)`."""
        return self.filter(about_kind=kind, about_id__in=ids)

    def due(self) -> OutgoingEmailQuerySet:
        """Letters to send now, by the database's clock, the longest waiting first."""
        return self.filter(state=State.QUEUED, run_at__lte=Now()).order_by("run_at", "pk")

    def abandoned(self) -> OutgoingEmailQuerySet:
        """Letters whose worker has not renewed its lease in time."""
        return self.filter(state__in=(State.CLAIMED, State.HANDOFF), lease_until__lt=Now())


class OutgoingEmail(models.Model):
    """One letter to one address. `cause` is unique: whatever repeats a request writes no second row.

    Bodies hold `LINK_PLACEHOLDER` and `UNTIL_PLACEHOLDER`; the live link exists only in what the mail server got.
    """

    notice = models.CharField(max_length=60)
    cause = models.CharField(max_length=200)
    about_kind = models.CharField(max_length=40, blank=True)
    about_id = models.BigIntegerField(null=True, blank=True)
    to_email = models.CharField(max_length=254)
    to_name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10)
    time_zone = models.CharField(max_length=64, blank=True)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField()
    link_purpose = models.CharField(max_length=20, blank=True)
    link_path = models.CharField(max_length=120, blank=True)
    link_hours = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    reason = models.CharField(max_length=300, blank=True)
    server_reply = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_at = models.DateTimeField(db_default=Now())
    worker = models.CharField(max_length=200, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=200, blank=True)
    requested_by = models.CharField(max_length=200, blank=True)
    resent_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="resends")
    created_at = models.DateTimeField(default=timezone.now)
    handoff_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = OutgoingEmailQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="letter_cause", fields=["cause"]),
            models.CheckConstraint(name="letter_state_known", condition=Q(state__in=State.values)),
        ]
        indexes = [
            models.Index(name="letter_due", fields=["run_at", "id"], condition=Q(state="queued")),
            models.Index(name="letter_leased", fields=["lease_until"], condition=Q(state__in=["claimed", "handoff"])),
            models.Index(
                name="letter_trouble",
                fields=["state", "-id"],
                condition=Q(state__in=["failed", "unknown", "cancelled", "skipped"]),
            ),
            models.Index(name="letter_about", fields=["about_kind", "about_id", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.notice} → {self.to_email}"

    def get_absolute_url(self) -> str:
        return reverse("outbox:show", args=[self.pk])

    @property
    def is_repeatable(self) -> bool:
        """Whether "Send again" makes sense: this letter's own way has ended."""
        return self.state in FINAL

    @property
    def first_cause(self) -> str:
        """Its `cause`; of a letter sent again that of the first one, as long as that is kept."""
        letter = self
        while letter.resent_from is not None:
            letter = letter.resent_from
        return letter.cause


_ARRIVED = Q(letter_id=None) | Exists(
    OutgoingEmail.objects.filter(pk=OuterRef("letter_id"), state__in=MAY_HAVE_ARRIVED)
)


def _newer() -> models.QuerySet[SecretLink]:
    same = {name: OuterRef(name) for name in ("purpose", "subject_kind", "subject_id")}
    return SecretLink.objects.filter(_ARRIVED, pk__gt=OuterRef("pk"), **same)


class SecretLinkQuerySet(models.QuerySet["SecretLink"]):
    def live(self) -> SecretLinkQuerySet:
        """Usable now: unused, unrevoked, unexpired, its letter may have arrived, and no newer such link did.

        Written without joins, so that an UPDATE of it checks `used_at` on the row it locks: one winner.
        """
        return self.filter(_ARRIVED, used_at=None, revoked_at=None, expires_at__gt=timezone.now()).exclude(
            Exists(_newer())
        )

    def superseded(self) -> SecretLinkQuerySet:
        """Those replaced by a newer link of the same purpose and subject that may have arrived."""
        return self.filter(Exists(_newer()))

    def arrived(self) -> SecretLinkQuerySet:
        """Those whose letter may have reached somebody (or that were printed)."""
        return self.filter(_ARRIVED)

    def of(self, kind: str, *ids: int) -> SecretLinkQuerySet:
        return self.filter(subject_kind=kind, subject_id__in=ids)


class SecretLink(models.Model):
    """The hash of a token that was put into one letter (the first-run link is printed instead and has none).

    `subject_*` names whom it lets in, `sent_to` the address it went to.
    """

    class Purpose(models.TextChoices):
        ACTIVATE = "activate", _("Activation")
        RESET = "reset", _("Password reset")
        CONFIRM = "confirm", _("Address confirmation")
        INVITE = "invite", _("Invitation")
        SETUP = "setup", _("First run")

    purpose = models.CharField(max_length=20, choices=Purpose)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    sent_to = models.CharField(max_length=254, blank=True)
    letter = models.ForeignKey(OutgoingEmail, null=True, blank=True, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = SecretLinkQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="secret_link_hash", fields=["token_hash"])]
        indexes = [models.Index(name="secret_link_subject", fields=["subject_kind", "subject_id", "purpose", "-id"])]

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject_kind} {self.subject_id}"


def new_token() -> str:
    """256 random bits, URL-safe, 43 characters."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def lifetime(hours: int) -> timedelta:
    return timedelta(hours=hours or house().activation_hours)


class NoticeSwitch(models.Model):
    """An admin's choice for one notice of the catalogue; without a row the notice's default holds."""

    notice = models.CharField(max_length=60)
    is_on = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(name="notice_switch_once", fields=["notice"])]

    def __str__(self) -> str:
        return f"{self.notice}: {'on' if self.is_on else 'off'}"


class NoticeWording(models.Model):
    """An admin's words for one notice in one language; blank ones, or no row: the words it came with."""

    notice = models.CharField(max_length=60)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(name="notice_wording_once", fields=["notice", "language"])]

    def __str__(self) -> str:
        return f"{self.notice} ({self.language})"


class MailChannel(models.Model):
    """How the mail server is doing: one row. Five connection or sign-in failures in a row pause it."""

    failures = models.PositiveIntegerField(default=0)
    paused_at = models.DateTimeField(null=True, blank=True)
    probe_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return "paused" if self.paused_at else "open"
