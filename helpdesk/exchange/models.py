"""Files that belong to jobs, what is remembered of headers, and what a review has planned so far."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from helpdesk.jobs.models import Job


class JobFile(models.Model):
    """A file of a job, in the job's own folder (`exchange.store`). `name` is shown and offered, `path` relative to the store.

    The row is written once the file lies where it belongs, whole; a file without a row is nobody's.
    """

    class Role(models.TextChoices):
        SOURCE = "source"
        RECORDS = "records"
        RESULT = "result"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="files")
    role = models.CharField(max_length=10, choices=Role)
    name = models.CharField(max_length=255)
    path = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="job_file_role", fields=["job", "role"])]
        indexes = [models.Index(name="job_file_expiry", fields=["expires_at"], condition=Q(expires_at__isnull=False))]

    def __str__(self) -> str:
        return self.name


class HeaderMap(models.Model):
    """How columns with these headers were mapped the last time. `key` is `headers.key_of_set` of them, in their order."""

    sheet = models.CharField(max_length=60)
    key = models.CharField(max_length=64)
    columns = models.JSONField()
    choices = models.JSONField(default=dict)
    used_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(name="header_map_once", fields=["sheet", "key"])]

    def __str__(self) -> str:
        return f"{self.sheet}: {self.key[:8]}"


class Planned(models.Model):
    """What a review would have made of a record by now: `ref` is its id, or minus the row number of one not yet made."""

    pk = models.CompositePrimaryKey("job_id", "ref")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    ref = models.BigIntegerField()
    state = models.JSONField()

    def __str__(self) -> str:
        return f"{self.job_id}: {self.ref}"


class PlannedKey(models.Model):
    """By what a planned record would be found: "e:" + address key, "x:" + external id, "p:" + phone key, "n:" + name key."""

    pk = models.CompositePrimaryKey("job_id", "key")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    key = models.CharField(max_length=300)
    ref = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.job_id}: {self.key}"


class Made(models.Model):
    """What an import made beside the records of its rows (the companies that its contacts name), for undoing to find."""

    pk = models.CompositePrimaryKey("job_id", "kind", "target_id")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    kind = models.CharField(max_length=40)
    target_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.job_id}: {self.kind} {self.target_id}"
