"""Organisations: their names and the email domains by which new contacts find them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.ui.fields import SortKeyField


class CompanyQuerySet(models.QuerySet["Company"]):
    def present(self) -> CompanyQuerySet:
        """All but the deleted ones."""
        return self.filter(deleted_at=None)

    def with_domain(self, domain: str) -> CompanyQuerySet:
        """The company (at most one) whose domain is exactly `domain`; subdomains and look-alikes do not match."""
        return self.present().filter(domains__domain=domain)


class Company(models.Model):
    """An organisation. Only ever soft-deleted: its tickets keep it (PRODUCT 3.4).

    `name_key` sorts, `match_key` recognises the same name in another spelling; both follow `name` in the verbs.
    """

    name = models.CharField(_("Name"), max_length=200)
    name_key = SortKeyField(max_length=200, editable=False)
    match_key = models.CharField(max_length=200, editable=False)
    phone = models.CharField(_("Phone"), max_length=60, blank=True)
    address = models.CharField(_("Address"), max_length=500, blank=True)
    notes = models.TextField(_("Notes"), blank=True, max_length=10_000)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[models.Manager[Company]] = CompanyQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(name="company_by_name", fields=["name_key", "id"]),
            models.Index(name="company_match", fields=["match_key"]),
            models.Index(name="company_by_update", fields=["-updated_at", "-id"]),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("companies:show", args=[self.pk])


class CompanyDomain(models.Model):
    """One email domain of one company, as its IDNA key. One domain, one company."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="company_domain_once", fields=["domain"]),
            models.CheckConstraint(name="company_domain_given", condition=~Q(domain="")),
        ]

    def __str__(self) -> str:
        return self.domain
