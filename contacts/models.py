"""People who write to us, and the addresses by which they (and agents) are known."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.models import Company
from contacts.tag_names import LONGEST as LONGEST_TAG
from helpdesk.ui.fields import SortKeyField
from helpdesk.users.models import User
from helpdesk.users.roles import Permission

MOST_ADDRESSES = 10

PRESENT = Q(deleted_at=None)
UNVERIFIED = Q(verified_at=None, blocked_at=None, deleted_at=None)
VERIFIED = Q(verified_at__isnull=False, blocked_at=None, deleted_at=None)
BLOCKED = Q(blocked_at__isnull=False, deleted_at=None)
DELETED = Q(deleted_at__isnull=False, merged_into=None, forgotten_at=None)
VIEWS = {"all": PRESENT, "unverified": UNVERIFIED, "verified": VERIFIED, "blocked": BLOCKED, "deleted": DELETED}
"""Which contacts each view of the list shows."""

_ORDERS = {"name": ["name_key", "id"], "newest": ["id"], "updated": ["updated_at", "id"]}
"""What each order of the list walks along. All ascending, also where lists go back: new rows then go to an index's end."""


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, user: User) -> ContactQuerySet:
        """Every contact for those who may see contacts, none for others."""
        return self.known() if user.may(Permission.CONTACT_VIEW) else self.none()

    def known(self) -> ContactQuerySet:
        """Whoever was merged away is somebody else now, and who is forgotten is nobody."""
        return self.filter(merged_into=None, forgotten_at=None)

    def present(self) -> ContactQuerySet:
        """All but the deleted ones."""
        return self.filter(PRESENT)

    def unverified(self) -> ContactQuerySet:
        """No portal sign-in yet; neither blocked nor deleted."""
        return self.filter(UNVERIFIED)

    def verified(self) -> ContactQuerySet:
        return self.filter(VERIFIED)

    def blocked(self) -> ContactQuerySet:
        return self.filter(BLOCKED)

    def deleted(self) -> ContactQuerySet:
        return self.filter(DELETED)

    def awaiting_activation(self) -> ContactQuerySet:
        """Those an activation email can be sent to."""
        return self.unverified().filter(addresses__is_primary=True)


class Contact(models.Model):
    """A person; may have a `user` who signs in to the portal.

    `company` is the default one, further ones are `memberships`. `name_key` sorts and `search_text` is searched;
    both follow the other fields in the verbs. `version` grows with each edit. Whoever was merged away is kept as deleted,
    without addresses, and leads to the survivor: `merged_into`. Of whoever was deleted forever an empty row stays
    (`forgotten_at`): what refers to it may say "Deleted contact #7". `activation` repeats for the unverified what letters and
    addresses say (`contacts.actions.progress` keeps it so, and looks again at `activation_due`).
    """

    class VerifiedHow(models.TextChoices):
        LINK = "link", _("activation link")
        ADMIN = "admin", _("an admin's Change password")
        SIGN_UP = "signup", _("a confirmed sign-up")
        INVITATION = "invite", _("an invitation to the team")

    class Activation(models.TextChoices):
        """How far the invitation of somebody unverified is, as the chips of the list name it."""

        NEVER = "never", pgettext_lazy("activation email", "Never sent")
        SENT = "sent", pgettext_lazy("activation email", "Sent")
        EXPIRED = "expired", _("Link expired")
        FAILED = "failed", pgettext_lazy("activation email", "Failed")
        UNKNOWN = "unknown", pgettext_lazy("activation email", "Unknown")
        NO_EMAIL = "noemail", _("No email")

    name = models.CharField(_("Name"), max_length=200)
    name_key = SortKeyField(max_length=200, editable=False)
    job_title = models.CharField(_("Job title"), max_length=200, blank=True)
    department = models.CharField(_("Department"), max_length=200, blank=True)
    work_phone = models.CharField(_("Work phone"), max_length=60, blank=True)
    mobile_phone = models.CharField(_("Mobile phone"), max_length=60, blank=True)
    work_phone_key = models.CharField(max_length=40, blank=True, editable=False)
    mobile_phone_key = models.CharField(max_length=40, blank=True, editable=False)
    company = models.ForeignKey(
        Company,
        verbose_name=_("Company"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contacts",
        db_index=False,  # contact_company_newest
    )
    language = models.CharField(_("Language"), max_length=10, blank=True)
    time_zone = models.CharField(_("Time zone"), max_length=64, blank=True)
    address = models.CharField(_("Address"), max_length=500, blank=True)
    external_id = models.CharField(_("External ID"), max_length=120, null=True, blank=True)  # noqa: DJ001 (unique where given)
    notes = models.TextField(_("Notes"), blank=True, max_length=10_000)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="contact",
    )
    verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    verified_how = models.CharField(max_length=10, choices=VerifiedHow, blank=True, editable=False)
    blocked_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.CASCADE,
        related_name="merged",
        db_index=False,  # contact_merged
    )
    activation = models.CharField(max_length=10, choices=Activation, default=Activation.NEVER, editable=False)
    activation_due = models.DateTimeField(null=True, blank=True, editable=False)
    forgotten_at = models.DateTimeField(null=True, blank=True, editable=False)
    search_text = models.TextField(editable=False, default="")
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[models.Manager[Contact]] = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="contact_external_id", fields=["external_id"]),
            models.CheckConstraint(name="contact_external_id_given", condition=~Q(external_id="")),
            models.CheckConstraint(
                name="contact_verified_has_user", condition=Q(verified_at=None) | Q(user__isnull=False)
            ),
            models.CheckConstraint(
                name="contact_activation_known",
                condition=Q(activation__in=["never", "sent", "expired", "failed", "unknown", "noemail"]),
            ),
            models.CheckConstraint(
                name="contact_merged_is_deleted", condition=Q(merged_into=None) | Q(deleted_at__isnull=False)
            ),
            models.CheckConstraint(
                name="contact_forgotten_is_deleted", condition=Q(forgotten_at=None) | Q(deleted_at__isnull=False)
            ),
        ]
        indexes = [
            # Every view in every order it is shown in: any page begins in the middle of an index.
            *(
                models.Index(name=f"contact_{view}_{order}", fields=fields, condition=condition)
                for view, condition in VIEWS.items()
                for order, fields in _ORDERS.items()
            ),
            *(
                models.Index(name=f"contact_company_{order}", fields=["company", *fields], condition=PRESENT)
                for order, fields in _ORDERS.items()
                if order != "newest"
            ),
            # Deleted ones, too: companies are protected by it.
            models.Index(name="contact_company_newest", fields=["company", *_ORDERS["newest"]]),
            *(
                models.Index(name=f"contact_activation_{order}", fields=["activation", *fields], condition=UNVERIFIED)
                for order, fields in _ORDERS.items()
            ),
            models.Index(
                name="contact_activation_due", fields=["activation_due"], condition=Q(activation_due__isnull=False)
            ),
            models.Index(name="contact_merged", fields=["merged_into"], condition=Q(merged_into__isnull=False)),
            models.Index(name="contact_forgotten", fields=["forgotten_at"], condition=Q(forgotten_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return str(_("Deleted contact #%(number)s")) % {"number": self.pk} if self.forgotten_at else self.name

    def get_absolute_url(self) -> str:
        return reverse("contacts:show", args=[self.pk])

    @property
    def is_unverified(self) -> bool:
        """As the view "Unverified contacts": neither verified, blocked nor deleted."""
        return not (self.verified_at or self.blocked_at or self.deleted_at)


class AddressQuerySet(models.QuerySet["Address"]):
    def owned_by_key(self, key: str) -> AddressQuerySet:
        """The address with this key (at most one), its contact and user fetched along."""
        return self.filter(key=key).select_related("contact__user", "user")


class Address(models.Model):
    """One email address of one person: a contact, an agent, or both where they are the same person.

    `key` is compared (`helpdesk.users.addresses.address_key`), `email` is written to.
    """

    key = models.CharField(max_length=254)
    email = models.CharField(max_length=254)
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.CASCADE, related_name="addresses")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="addresses",
        db_index=False,  # address_of_user
    )
    is_primary = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Address]] = AddressQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="address_key", fields=["key"]),
            models.UniqueConstraint(name="address_one_primary", fields=["contact"], condition=Q(is_primary=True)),
            models.CheckConstraint(name="address_owned", condition=Q(contact__isnull=False) | Q(user__isnull=False)),
        ]
        indexes = [models.Index(name="address_of_user", fields=["user"], condition=Q(user__isnull=False))]
        ordering = (F("is_primary").desc(), "pk")

    def __str__(self) -> str:
        return self.email


class Membership(models.Model):
    """A further company of a contact, beside the default one."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="memberships")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="memberships")

    class Meta:
        constraints = [models.UniqueConstraint(name="membership_once", fields=["contact", "company"])]

    def __str__(self) -> str:
        return f"{self.contact_id} – {self.company_id}"


class Tag(models.Model):
    """A word that groups contacts. `key` is `contacts.tag_names.tag_key` of its name; it lives while a contact has it."""

    name = models.CharField(max_length=LONGEST_TAG)
    key = SortKeyField(max_length=200)

    objects: ClassVar[models.Manager[Tag]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="tag_key", fields=["key"])]

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    """A contact has a tag: once, and either side finds the other by one index."""

    pk = models.CompositePrimaryKey("contact_id", "tag_id")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="taggings", db_index=False)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings", db_index=False)

    class Meta:
        indexes = [models.Index(name="tagging_of_tag", fields=["tag", "contact"])]

    def __str__(self) -> str:
        return f"{self.contact_id} – {self.tag_id}"


class Merge(models.Model):
    """Contacts that became one, the `survivor`. `names` are those of the others.

    `snapshot` is what undoing needs (`contacts.actions.snapshots`); None once it is undone, or can be no more.
    """

    survivor = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merges")
    names = models.JSONField(default=list)
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    snapshot = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(name="merge_undoable", fields=["at"], condition=Q(snapshot__isnull=False))]

    def __str__(self) -> str:
        return f"{', '.join(self.names)} → {self.survivor_id}"
