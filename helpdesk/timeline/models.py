"""Notes: what somebody of the team wrote about a contact or a company on a day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.users.models import User
from helpdesk.users.roles import Permission

LONGEST = 10_000


class NoteQuerySet(models.QuerySet["Note"]):
    def about(self, subject: models.Model) -> NoteQuerySet:
        return self.filter(about_kind=subject._meta.label_lower, about_id=subject.pk)

    def editable_by(self, user: User) -> NoteQuerySet:
        """One's own."""
        return self.filter(author_id=user.pk)

    def deletable_by(self, user: User) -> NoteQuerySet:
        """One's own; everybody's for those who may delete others'."""
        return self.all() if user.may(Permission.NOTE_DELETE_OTHERS) else self.editable_by(user)


class Note(models.Model):
    """A dated entry about `about_*`. It names its subject and author, as letters and lines of the log do."""

    about_kind = models.CharField(max_length=40)
    about_id = models.BigIntegerField()
    text = models.TextField(_("Note"), max_length=LONGEST)
    author_id = models.BigIntegerField(null=True, blank=True)
    author_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[Note]] = NoteQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="note_given", condition=~Q(text=""))]
        indexes = [models.Index(name="note_about", fields=["about_kind", "about_id", "-created_at", "-id"])]

    def __str__(self) -> str:
        return self.text[:60]
