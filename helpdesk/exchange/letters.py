"""The letters about files: to the agent who asked, once. Nothing here decides whether to send."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation

from helpdesk.exchange.models import JobFile
from helpdesk.exchange.notices import FILE_FAILED, FILE_READY, JOB
from helpdesk.exchange.sheets import SHEETS
from helpdesk.jobs.models import Job
from helpdesk.jobs.templatetags.jobs import why
from helpdesk.outbox.addressing import Addressee, letter_to
from helpdesk.outbox.filling import until_words
from helpdesk.outbox.notices import Notice, Sample
from helpdesk.outbox.posting import Letter, is_on, post
from helpdesk.ui.house import house
from helpdesk.ui.languages import known_language, known_zone
from helpdesk.users.models import User


def post_ready(job: Job) -> None:
    """The link to the file; nothing where nobody asked (a command did)."""
    file = JobFile.objects.filter(job=job, role=JobFile.Role.RESULT).first()
    if job.owner is None or file is None or file.expires_at is None:
        return
    expires = until_words(file.expires_at, job.owner.language, job.owner.time_zone)
    _post(FILE_READY, job, job.owner, {"file": file.name, "expires": expires})


def post_failed(job: Job) -> None:
    """That there will be no file, and why; not to somebody who may not have one."""
    kind = job.known_kind
    if job.owner is not None and kind and job.owner.may(kind.permission):
        with translation.override(known_language(job.owner.language)):
            reason = why(job.error)
        _post(FILE_FAILED, job, job.owner, {"reason": reason})


def is_announced() -> bool:
    """Whether a letter will say that a file is ready."""
    return is_on(FILE_READY)


def sample(search: str, reader: User) -> Sample | None:
    """The agent to preview a letter with: the first whose name or address has these words, or the newest."""
    found = Q(name__icontains=search) | Q(email__icontains=search) if search else Q()
    user = User.objects.agents().filter(found).order_by("-pk").first()
    if user is None:
        return None
    expires = until_words(timezone.now() + timedelta(days=house().export_days), user.language, user.time_zone)
    what = next(iter(SHEETS.values())).exporter.counted(1204) if SHEETS else ""
    shown = {
        "what": what,
        "file": "contacts.xlsx",
        "expires": expires,
        "reason": "…",
        "job_url": settings.BASE_URL + "/jobs/1/",
    }
    context = {"name": user.name, "email": user.email, **shown}
    return Sample(name=user.name, email=user.email, time_zone=known_zone(user.time_zone), context=context)


def _post(notice: Notice, job: Job, user: User, context: Mapping[str, Any]) -> None:
    post(notice, [_letter(notice, job, user, context)], by=job.by)


def _letter(notice: Notice, job: Job, user: User, context: Mapping[str, Any]) -> Letter:
    somebody = Addressee(
        email=user.email, name=user.name, language=user.language, time_zone=user.time_zone, about=(JOB, job.pk)
    )
    with translation.override(known_language(user.language)):
        what = _what(job)
    job_url = settings.BASE_URL + reverse("jobs:show", args=[job.pk])
    shown = {"name": user.name, "email": user.email, "job_url": job_url, "what": what, **context}
    return letter_to(somebody, notice.template, shown, cause=f"{notice.code}:{job.pk}")


def _what(job: Job) -> str:
    """ "1,204 contacts"."""
    sheet = SHEETS[job.params["sheet"]]
    return sheet.exporter.counted(job.totals.get("done", 0) if job.finished_at and not job.error else job.total or 0)
