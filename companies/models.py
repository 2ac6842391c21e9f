"""Organisations: their names and the email domains by which new contacts find them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.domains import display_domain
from companies.naming import company_match_key
from helpdesk.ui.fields import SortKeyField
from helpdesk.ui.sorting import name_key
from helpdesk.users.models import User
from helpdesk.users.roles import Permission

MATCH_KEY_LENGTH = 200


def match_key_of(name: str) -> str:
    """What `Company.match_key` holds for a name: cut, since normalising may lengthen it."""
    return company_match_key(name)[:MATCH_KEY_LENGTH]


class CompanyQuerySet(models.QuerySet["Company"]):
    def visible_to(self, user: User) -> CompanyQuerySet:
        """Every company for those who may see companies, none for others."""
        return self.all() if user.may(Permission.COMPANY_VIEW) else self.none()

    def present(self) -> CompanyQuerySet:
        """All but the deleted ones."""
        return self.filter(deleted_at=None)

    def deleted(self) -> CompanyQuerySet:
        return self.filter(deleted_at__isnull=False)

    def found_by(self, text: str) -> CompanyQuerySet:
        """Those whose name, whatever its case, spaces and legal form, or one of whose domains holds `text`."""
        words, spelling = name_key(text), company_match_key(text)
        domains = CompanyDomain.objects.filter(domain__contains=text.strip().lstrip("@").lower())
        return self.filter(
            Q(name_key__contains=words) | Q(match_key__contains=spelling) | Q(pk__in=domains.values("company"))
        )

    def called(self, name: str) -> CompanyQuerySet:
        """Those of the same name but for spaces, case and legal form; the ones in use first."""
        same = self.filter(match_key=match_key_of(name))
        return same.order_by(F("deleted_at").asc(nulls_first=True), "pk")

    def with_domain(self, domain: str) -> CompanyQuerySet:
        """The company in use (at most one) whose domain is exactly `domain`; subdomains and look-alikes do not match."""
        return self.present().filter(domains__domain=domain)


class Company(models.Model):
    """An organisation. Only ever soft-deleted: its tickets keep it (PRODUCT 3.4).

    `name_key` is the name as spelt, whatever its case; `match_key` is also without spaces and legal form: it recognises
    the same name in another spelling, and sorts (㈜한빛 stands beside 한빛). Both follow `name` in the verbs.
    """

    name = models.CharField(_("Name"), max_length=200)
    name_key = SortKeyField(max_length=200, editable=False)
    match_key = SortKeyField(max_length=MATCH_KEY_LENGTH, editable=False)
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
            models.Index(name="company_match", fields=["match_key", "id"]),
            models.Index(name="company_by_update", fields=["-updated_at", "-id"]),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("companies:show", args=[self.pk])

    def rename(self, name: str) -> None:
        """Set the name and what follows it. Saves nothing."""
        self.name, self.name_key, self.match_key = name, name_key(name), match_key_of(name)


class CompanyDomain(models.Model):
    """One email domain of one company, as its IDNA key. One domain, one company."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(name="company_domain_once", fields=["domain"]),
            models.CheckConstraint(name="company_domain_given", condition=~Q(domain="")),
        ]

    def __str__(self) -> str:
        return display_domain(self.domain)
