"""What has had its time: files of imports and exports, and what a review remembered."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from helpdesk.exchange import planning, store
from helpdesk.exchange.models import JobFile, Planned, PlannedKey
from helpdesk.jobs.models import Job
from helpdesk.jobs.states import FINAL, UNDER_WAY
from helpdesk.ui.house import house

AT_ONCE = 500
ROWS_AT_ONCE = 5000
HOUR = 3600.0


def tidy() -> Counter[str]:
    """Delete the files whose day has come; files of jobs under way, and of drafts, stay. Returns how many went."""
    _date()
    done = Counter[str]()
    due = JobFile.objects.filter(expires_at__lte=Now()).exclude(job__state__in=UNDER_WAY)
    for job_id in list(due.order_by("job_id").values_list("job_id", flat=True).distinct()[:AT_ONCE]):
        done["exchange.JobFile"] += _delete(job_id)
    _forget_reviews()
    for folder in store.orphans(HOUR):
        shutil.rmtree(folder, ignore_errors=True)
        done["folders"] += 1
    return done


def _date() -> None:
    """What ended without one gets its date: by the settings of now, from the job's end."""
    kept = timedelta(days=house().job_file_days)
    undated = JobFile.objects.filter(expires_at=None, job__finished_at__isnull=False).exclude(job__state__in=UNDER_WAY)
    for file in undated.annotate(ended_at=F("job__finished_at"))[:AT_ONCE]:
        JobFile.objects.filter(pk=file.pk).update(expires_at=file.ended_at + kept)


def _forget_reviews() -> None:
    """Of imports that ended before all of it was used up; in parts, each with a transaction of its own."""
    held = Q(Exists(Planned.objects.filter(job=OuterRef("pk")))) | Q(
        Exists(PlannedKey.objects.filter(job=OuterRef("pk")))
    )
    for job in Job.objects.filter(held, state__in=FINAL).order_by("pk")[:AT_ONCE]:
        while planning.forget(job, ROWS_AT_ONCE):
            pass


@transaction.atomic
def _delete(job_id: int) -> int:
    """Under the job's lock: it may have been let go on a moment ago."""
    job = Job.objects.select_for_update(no_key=True).exclude(state__in=UNDER_WAY).filter(pk=job_id).first()
    if job is None:
        return 0
    due = list(JobFile.objects.filter(job=job, expires_at__lte=Now()))
    if len(due) == job.files.count():
        store.drop(job)
    else:
        for file in due:
            store.discard(job, JobFile.Role(file.role))
    return len(due)
