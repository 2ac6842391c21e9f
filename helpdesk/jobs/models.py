"""Work that people watch, as a row: where it stands, whose it is now, what became of each of its rows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse

from helpdesk.jobs.kinds import KINDS, JobKind
from helpdesk.jobs.states import FINAL, HOLDING, UNDER_WAY, WORKED_ON, State
from helpdesk.users.actors import Actor
from helpdesk.users.models import User
from helpdesk.users.roles import Permission


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User) -> JobQuerySet:
        """Everybody's for those who may see all jobs, else one's own."""
        return self if user.may(Permission.JOBS_SEE_ALL) else self.filter(owner=user)

    def free(self) -> JobQuerySet:
        """Nobody works on them: never claimed, given back, or the lease ran out, by the database's clock."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lt=Now()))

    def waiting(self) -> JobQuerySet:
        """Work that a worker may take now, the oldest first; queued ones only while their slot is free."""
        holding = Job.objects.filter(state__in=HOLDING, slot=OuterRef("slot")).exclude(slot="")
        startable = Q(state=State.QUEUED) & ~Exists(holding)
        return self.free().filter(Q(state__in=WORKED_ON) | startable, run_at__lte=Now()).order_by("pk")


class Job(models.Model):
    """Work of one kind. `epoch` grows with each claim and each transition: whoever holds an older one writes nothing.

    `params` is what was asked for (small; a selection stands in `JobTarget` or `JobTargetBlock`), `cursor` where to go on (`undo_cursor`: the
    row above the next to be taken back; set once an undo has begun), `totals` and
    `undo_totals` count outcomes as committed, `predicted` those of the review. `slot`: one running job each.
    """

    kind = models.CharField(max_length=60)
    slot = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="jobs",
        db_index=False,  # job_of_owner
    )
    owner_kind = models.CharField(max_length=10, default="person")
    owner_name = models.CharField(max_length=200, blank=True)
    params = models.JSONField(default=dict, blank=True)
    total = models.PositiveBigIntegerField(null=True, blank=True)
    cursor = models.JSONField(null=True, blank=True)
    undo_cursor = models.PositiveIntegerField(null=True, blank=True)
    predicted = models.JSONField(default=dict, blank=True)
    totals = models.JSONField(default=dict, blank=True)
    undo_totals = models.JSONField(default=dict, blank=True)
    epoch = models.PositiveBigIntegerField(default=0)
    worker = models.CharField(max_length=200, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    run_at = models.DateTimeField(db_default=Now())
    crash_count = models.PositiveSmallIntegerField(default=0)
    error = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    resumed_at = models.DateTimeField(null=True, blank=True)
    resumed_from = models.PositiveBigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="job_state_known", condition=Q(state__in=State.values)),
            models.UniqueConstraint(
                name="job_slot_held_once", fields=["slot"], condition=Q(state__in=["running", "undoing"]) & ~Q(slot="")
            ),
        ]
        indexes = [
            models.Index(name="job_of_owner", fields=["owner", "-id"]),
            models.Index(name="job_under_way", fields=["run_at", "id"], condition=Q(state__in=list(UNDER_WAY))),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("jobs:show", args=[self.pk])

    @property
    def known_kind(self) -> JobKind | None:
        """The registered kind; None where its app is gone."""
        return KINDS.get(self.kind)

    @property
    def by(self) -> Actor:
        """Who asked for it, for the verbs it calls."""
        return Actor(kind=self.owner_kind, name=self.owner_name, user=self.owner)  # type: ignore[arg-type]

    @property
    def counters(self) -> dict[str, int]:
        """The counters of what it does now, or did last."""
        counters: dict[str, int] = self.undo_totals if self.is_undo else self.totals
        if self.state in (State.REVIEWING, State.REVIEWED):
            counters = self.predicted
        return counters

    @property
    def is_undo(self) -> bool:
        return self.state in (State.UNDOING, State.UNDONE)

    @property
    def done_count(self) -> int:
        """How many rows have their outcome."""
        return sum(self.counters.values())

    @property
    def is_final(self) -> bool:
        return self.state in FINAL


class JobRow(models.Model):
    """What became of one row; with its `before` it is the record of that change. Undo compares `after_version`.

    No constraint checks the job: the chunk that writes rows holds its lock, and the check would cost more than the row.
    `problems` is a list of {"text": msgid, "params": {…}, …}. `outcome` is "" for a row only predicted so far.
    """

    pk = models.CompositePrimaryKey("job_id", "number")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="rows", db_index=False, db_constraint=False)
    number = models.PositiveIntegerField()
    predicted = models.CharField(max_length=12, blank=True, db_default="")
    outcome = models.CharField(max_length=12, blank=True, db_default="")
    undo_outcome = models.CharField(max_length=12, blank=True, db_default="")
    target_kind = models.CharField(max_length=40, blank=True, db_default="")
    target_id = models.BigIntegerField(null=True, blank=True)
    before = models.JSONField(null=True, blank=True)
    after_version = models.PositiveIntegerField(null=True, blank=True)
    problems = models.JSONField(null=True, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(
                name="job_row_target", fields=["target_kind", "target_id", "-at"], condition=Q(target_id__isnull=False)
            ),
            models.Index(name="job_row_failed", fields=["job", "number"], condition=Q(outcome="failed")),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.number}: {self.outcome or self.predicted}"


class JobTarget(models.Model):
    """A frozen selection: what a whole-view act is about, numbered from 1 by id."""

    pk = models.CompositePrimaryKey("job_id", "number")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="targets", db_index=False, db_constraint=False)
    number = models.PositiveIntegerField()
    target_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.job_id}/{self.number}: {self.target_id}"


class JobTargetBlock(models.Model):
    """A frozen selection of which nobody joins single targets: many of them a row, in a third of the time.

    `number` is that of the first of the `size` targets, `ids` are all of them in order: "17,18,21".
    """

    pk = models.CompositePrimaryKey("job_id", "number")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="blocks", db_index=False, db_constraint=False)
    number = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    lowest = models.BigIntegerField()
    highest = models.BigIntegerField()
    ids = models.TextField()

    def __str__(self) -> str:
        return f"{self.job_id}/{self.number}: {self.size} from {self.lowest} to {self.highest}"
