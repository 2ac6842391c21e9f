"""What a repeated POST must find again, and the settings of the whole helpdesk."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class FormReceipt(models.Model):
    """A form that was accepted: its one-time id, who sent it, and where they were led. Kept 24 hours."""

    form_id = models.CharField(max_length=64)
    owner = models.CharField(max_length=80)
    location = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="form_receipt_once", fields=["form_id", "owner"])]
        indexes = [models.Index(name="form_receipt_age", fields=["created_at"])]

    def __str__(self) -> str:
        return self.form_id


class Helpdesk(models.Model):
    """What admins set for everybody: one row, none until the page is saved for the first time; see `house`."""

    ONLY = 1

    name = models.CharField(_("Name of the helpdesk"), max_length=60)
    language = models.CharField(_("Language"), max_length=10)
    time_zone = models.CharField(_("Time zone"), max_length=64)
    phone_region = models.CharField(_("Phone region"), max_length=2)
    support_email = models.CharField(_("Support email"), max_length=254, blank=True)
    support_phone = models.CharField(_("Support phone"), max_length=60, blank=True)
    activation_hours = models.PositiveSmallIntegerField(_("Hours an activation link works"))
    access_log_days = models.PositiveIntegerField(_("Days to keep who looked at what"))
    job_file_days = models.PositiveSmallIntegerField(_("Days to keep files of imports"), default=30)
    job_row_days = models.PositiveIntegerField(_("Days to keep rows of imports and other jobs"), default=730)
    export_days = models.PositiveSmallIntegerField(_("Days to keep exported files"), default=7)
    export_reason = models.BooleanField(_("Ask for the reason of an export"), default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="helpdesk_one_row", condition=Q(pk=1)),
            models.CheckConstraint(
                name="helpdesk_activation_hours",
                condition=Q(activation_hours__gte=1, activation_hours__lte=336),
            ),
            models.CheckConstraint(name="helpdesk_access_log_days", condition=Q(access_log_days__gte=1)),
            models.CheckConstraint(
                name="helpdesk_job_file_days", condition=Q(job_file_days__gte=1, job_file_days__lte=730)
            ),
            models.CheckConstraint(name="helpdesk_job_row_days", condition=Q(job_row_days__gte=1)),
            models.CheckConstraint(name="helpdesk_export_days", condition=Q(export_days__gte=1, export_days__lte=90)),
        ]

    def __str__(self) -> str:
        return self.name
