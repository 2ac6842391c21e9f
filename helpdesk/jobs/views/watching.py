"""The history of jobs, and one job: how far it is, what became of its rows."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from helpdesk.jobs import actions, chores, queries
from helpdesk.jobs.models import Job
from helpdesk.jobs.progress import progress_of
from helpdesk.jobs.states import ALLOWED, UNDER_WAY, State
from helpdesk.ui.paging import decode, page_of
from helpdesk.users.access import SignedInRequest, allow, refuse
from helpdesk.users.models import User
from helpdesk.users.roles import Permission


@allow(Permission.DESK_VIEW)
@require_safe
def list_jobs(request: SignedInRequest) -> HttpResponse:
    """Newest first; `?kind=`, `?state=` and `?who=mine`."""
    chores.look_in()
    kind, state, who = (request.GET.get(name, "") for name in ("kind", "state", "who"))
    cursor = decode(request.GET.get("cursor", ""), queries.NEWEST)
    jobs = queries.jobs(request.user, kind=kind, state=state, mine=who == "mine")
    page = page_of(jobs, queries.NEWEST, cursor)
    context = {
        "page": page,
        "rows": [_listed(job, request.user) for job in page.rows],
        "is_moving": any(_is_moving(job) for job in page.rows),
        "kind": kind,
        "state": state,
        "who": who,
        "kinds": queries.kinds_seen(request.user),
        "filters": queries.FILTERS,
    }
    return render(request, "jobs/list.html", context)


@allow(Permission.DESK_VIEW)
@require_safe
def show_job(request: SignedInRequest, pk: int) -> HttpResponse:
    """`?outcome=` shows those rows only. What is not confirmed yet has a page of its own, for its owner."""
    chores.look_in()
    job = _found(request, pk)
    unfinished = _unfinished_url(job, request.user)
    if unfinished and not job.is_final:
        return redirect(unfinished)
    outcome = request.GET.get("outcome", "")
    cursor = decode(request.GET.get("cursor", ""), queries.IN_ORDER)
    kind = job.known_kind
    context = {
        "page": queries.lines_of(job, outcome=outcome, cursor=cursor),
        "top": kind.top if kind else "",
        "panel": kind.panel(job, request.user) if kind and kind.panel else None,
        "outcome": outcome,
        "counts": queries.counts(job),
        "before_undo": queries.before_undo(job),
        "undo_asked": queries.undo_asked(job),
        **_standing(job, request.user),
        **_possible(job, request.user),
    }
    return render(request, "jobs/show.html", context)


@allow(Permission.DESK_VIEW)
@require_safe
def progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """The part of the page that moves; once the job stands otherwise than `?seen=`, the whole page is due."""
    chores.look_in()
    job = _found(request, pk)
    context = _standing(job, request.user)
    if request.htmx and request.GET.get("seen", "") != context["seen"]:
        return HttpResponseClientRefresh()
    return render(request, "jobs/_progress.html", context)


@allow(Permission.DESK_VIEW)
@require_safe
def download(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """What the job's kind offers as a file; to those only who may start such jobs now."""
    job = _found(request, pk)
    kind = job.known_kind
    if kind is None or kind.download is None:
        raise Http404
    return kind.download(request, job) if request.user.may(kind.permission) else refuse(request, kind.permission)


def _found(request: SignedInRequest, pk: int) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.user).select_related("owner"), pk=pk)


def _listed(job: Job, user: User) -> dict[str, object]:
    """A job with where it leads: its owner goes on with what waits for them."""
    return {"job": job, "url": _unfinished_url(job, user) or job.get_absolute_url(), "progress": progress_of(job)}


def _unfinished_url(job: Job, user: User) -> str:
    kind = job.known_kind
    is_theirs = job.owner_id == user.pk and job.resumed_at is None and job.state != State.QUEUED
    return kind.unfinished(job) if is_theirs and kind and kind.unfinished and user.may(kind.permission) else ""


def _is_moving(job: Job) -> bool:
    return job.state in UNDER_WAY and job.state != State.PAUSED


def _standing(job: Job, user: User) -> dict[str, object]:
    blocker = queries.blocker_of(job)
    may_see_blocker = bool(blocker and (blocker.owner_id == user.pk or user.may(Permission.JOBS_SEE_ALL)))
    return {
        "job": job,
        "progress": progress_of(job),
        "blocker": blocker,
        "blocker_at": f"{(progress_of(blocker).percent or 0) if blocker else 0} %",
        "may_see_blocker": may_see_blocker,
        "may_cancel_blocker": may_see_blocker and blocker and blocker.state == State.RUNNING,
        "is_under_way": _is_moving(job),
        "seen": job.state,
    }


def _possible(job: Job, user: User) -> dict[str, object]:
    """Which buttons are there: what is possible now, to whom it is allowed."""
    kind, targets = job.known_kind, ALLOWED[State(job.state)]
    may = bool(kind and user.may(kind.permission))
    return {
        "may_cancel": State.CANCELLED in targets,
        "may_pause": State.PAUSED in targets,
        "may_go_on": may and actions.can_go_on(job),
        "may_undo": may and user.may(Permission.JOBS_UNDO) and actions.can_undo(job),
        "may_download": bool(kind and kind.download and not kind.panel) and may and job.is_final,
        "unfinished_url": _unfinished_url(job, user),
    }
