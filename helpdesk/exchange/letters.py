"""The letters about imports and exports, to agents. Nothing here decides whether to send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation

from helpdesk.exchange import history
from helpdesk.exchange.models import JobFile
from helpdesk.exchange.notices import FILE_FAILED, FILE_READY, IMPORT_ENDED, JOB
from helpdesk.exchange.sheets import SHEETS
from helpdesk.jobs.changes import reason
from helpdesk.jobs.models import Job
from helpdesk.jobs.states import State
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
            why = reason(job.error)
        _post(FILE_FAILED, job, job.owner, {"reason": why})


def is_announced() -> bool:
    """Whether a letter will say that a file is ready."""
    return is_on(FILE_READY)


def post_import_ended(job: Job, readers: Iterable[User]) -> None:
    """How it ended, to each of these; again where it went on and ended again."""
    post(IMPORT_ENDED, [_of_import(job, reader) for reader in readers], by=job.by)


def sample_of_export(search: str, reader: User) -> Sample | None:
    """For the agent that `_somebody` finds."""
    user = _somebody(search)
    if user is None:
        return None
    expires = until_words(timezone.now() + timedelta(days=house().export_days), user.language, user.time_zone)
    what = next(iter(SHEETS.values())).exporter.counted(1204) if SHEETS else ""
    shown = {"what": what, "file": "contacts.xlsx", "expires": expires, "reason": "…"}
    return _sample(user, {**shown, "job_url": settings.BASE_URL + "/jobs/1/"})


def sample_of_import(search: str, reader: User) -> Sample | None:
    """For the agent that `_somebody` finds."""
    user = _somebody(search)
    if user is None:
        return None
    job = Job(pk=1, state=State.DONE, owner=user, params={"file": "contacts.csv"}, resumed_at=timezone.now())
    job.totals = {"created": 60, "updated": 37, "skipped": 10, "failed": 3}
    return _sample(user, _end_of(job, user))


def _somebody(search: str) -> User | None:
    """The agent to preview a letter with: the first whose name or address has these words, or the newest."""
    found = Q(name__icontains=search) | Q(email__icontains=search) if search else Q()
    return User.objects.agents().filter(found).order_by("-pk").first()


def _sample(user: User, context: Mapping[str, object]) -> Sample:
    shown = {"name": user.name, "email": user.email, **context}
    return Sample(name=user.name, email=user.email, time_zone=known_zone(user.time_zone), context=shown)


def _post(notice: Notice, job: Job, user: User, context: Mapping[str, object]) -> None:
    with translation.override(known_language(user.language)):
        shown = {"what": _what(job), "job_url": _address(job), **context}
    post(notice, [_letter(notice, job, user, shown, cause=f"{notice.code}:{job.pk}")], by=job.by)


def _of_import(job: Job, user: User) -> Letter:
    with translation.override(known_language(user.language)):
        context = _end_of(job, user)
    return _letter(IMPORT_ENDED, job, user, context, cause=f"import:{job.pk}:{job.epoch}:{user.pk}")


def _letter(notice: Notice, job: Job, user: User, context: Mapping[str, object], *, cause: str) -> Letter:
    about = (JOB, job.pk)
    somebody = Addressee(
        email=user.email, name=user.name, language=user.language, time_zone=user.time_zone, about=about
    )
    return letter_to(somebody, notice.template, {"name": user.name, "email": user.email, **context}, cause=cause)


def _end_of(job: Job, user: User) -> dict[str, object]:
    return {
        "file": str(job.params.get("file", "")),
        "state": job.state,
        "what": history.ended_words(job),
        "why": reason(job.error) if job.state == State.FAILED else "",
        "has_failed_rows": bool(job.totals.get("failed")),
        "owner": "" if job.owner_id == user.pk else job.owner_name,
        "job_url": _address(job),
    }


def _address(job: Job) -> str:
    return f"{settings.BASE_URL}{job.get_absolute_url()}"


def _what(job: Job) -> str:
    """ "1,204 contacts"."""
    sheet = SHEETS[job.params["sheet"]]
    return sheet.exporter.counted(job.totals.get("done", 0) if job.finished_at and not job.error else job.total or 0)
