"""Forgetting somebody: what rows say of them goes, and so do whole files that name them."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from helpdesk.audit.models import AuditEntry
from helpdesk.jobs import actions, blocks
from helpdesk.jobs.kinds import KINDS, JobKind
from helpdesk.jobs.models import Job, JobRow, JobTarget
from helpdesk.outbox import erasing as letters
from helpdesk.users.erasing import ERASED, Traces, in_json, scrubbed


def erase(traces: Traces) -> None:
    """Also what was asked for in their name, and rows that could not be done because of them."""
    for kind in KINDS.values():
        if kind.forget is not None and kind.target in ("", traces.kind):
            _forget(kind, traces)
    actions.erase(traces.kind, *traces.ids)
    Job.objects.filter(owner__in=traces.users).update(owner=None, owner_name=ERASED)
    if traces.words:
        _scrub_jobs(traces)
        _scrub_problems(traces)
        _scrub_record(traces)


def _scrub_jobs(traces: Traces) -> None:
    """A search that was exported, the name of a file, a header that is a person's name; and letters that repeat them."""
    named = []
    for job in Job.objects.only("kind", "params", "error").order_by("pk"):
        params, error = {**job.params, **_scrubbed(_written(job), traces)}, _scrubbed(job.error, traces)
        if (params, error) != (job.params, job.error):
            Job.objects.filter(pk=job.pk).update(params=params, error=error)
            named.append(job.pk)
    letters.erase_words(Job._meta.label_lower, named, traces)


def _written(job: Job) -> dict[str, Any]:
    """Of its params what people wrote; all of them where nobody knows the kind any more."""
    kind = job.known_kind
    return {name: value for name, value in job.params.items() if kind is None or name in kind.written}


def _scrub_problems(traces: Traces) -> None:
    """Rows that have no target, or another one: “both Kim and Lee have this number”."""
    rows = JobRow.objects.filter(problems__isnull=False).annotate(told=Cast("problems", TextField()))
    forms = {form for word in traces.words for form in (word, in_json(word))}
    named = reduce(or_, (Q(told__icontains=form) for form in forms))
    for row in rows.filter(named).order_by("job_id", "number"):
        problems = _scrubbed(row.problems, traces)
        if problems != row.problems:
            JobRow.objects.filter(job_id=row.job_id, number=row.number).update(problems=problems)


def _scrub_record(traces: Traces) -> None:
    """The log keeps what a job was about, and why: names of files, searches."""
    for entry in AuditEntry.objects.filter(target_kind=Job._meta.label_lower).exclude(changes={}).order_by("pk"):
        changes = _scrubbed(entry.changes, traces)
        if changes != entry.changes:
            AuditEntry.objects.filter(pk=entry.pk).update(changes=changes)


def _scrubbed(value: Any, traces: Traces) -> Any:
    """The sentence of a problem is ours."""
    return scrubbed(value, traces.are_in, spared="text")


def _forget(kind: JobKind, traces: Traces) -> None:
    """Each kind deletes the files of those of its jobs that are about the person."""
    rows = JobRow.objects.filter(target_kind=traces.kind, target_id__in=traces.ids)
    named = Q(pk__in=rows.values("job_id"))
    if kind.target:
        named |= Q(pk__in=JobTarget.objects.filter(target_id__in=traces.ids).values("job_id"))
        named |= Q(pk__in=blocks.holding(traces.ids).values("job_id"))
    for job in Job.objects.filter(named, kind=kind.name).order_by("pk"):
        kind.forget(job)  # type: ignore[misc]
