"""What people do with a job they may see."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Protocol

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.jobs import actions
from helpdesk.jobs.models import Job
from helpdesk.ui.once import once
from helpdesk.users.access import SignedInRequest, allow, refuse
from helpdesk.users.actors import Actor
from helpdesk.users.roles import Permission


class Verb(Protocol):
    def __call__(self, job: Job, *, by: Actor) -> None: ...


def answered_when_busy(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """503 where what a frozen worker holds keeps us from it; in SQLite not even a message for the next page could be written.

    Stands above `@once`, whose transaction is the first to wait.
    """

    @wraps(view)
    def guarded(request: SignedInRequest, pk: int) -> HttpResponseBase:
        try:
            with actions.unless_locked():
                return view(request, pk)
        except actions.BusyError:
            return render(request, "jobs/busy.html", {"pk": pk}, status=503)

    return guarded


@allow(Permission.DESK_VIEW)
@require_POST
@answered_when_busy
@once
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is done stays done; the rest is not."""
    return _done(request, _found(request, pk), actions.cancel, _("The job is cancelled."))


@allow(Permission.DESK_VIEW)
@require_POST
@answered_when_busy
@once
def pause(request: SignedInRequest, pk: int) -> HttpResponse:
    return _done(request, _found(request, pk), actions.pause, _("The job is paused."))


@allow(Permission.DESK_VIEW)
@require_POST
@answered_when_busy
@once
def go_on(request: SignedInRequest, pk: int) -> HttpResponse:
    """For those only who may start such a job."""
    job = _found(request, pk)
    if stopped := _stopped(request, job):
        return stopped
    return _done(request, job, actions.go_on, _("The job goes on."))


@allow(Permission.JOBS_UNDO)
@require_http_methods(["GET", "HEAD", "POST"])
@answered_when_busy
@once
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asked first; what people have edited since is left."""
    job = _found(request, pk)
    if stopped := _stopped(request, job):
        return stopped
    if request.method != "POST":
        return render(request, "jobs/undo.html", {"job": job, "words": _undo_words(job)})
    try:
        actions.undo(job, by=request.actor)
    except actions.NotPossibleError as reason:
        return _refused(request, job, reason)
    except actions.SlotTakenError:
        messages.error(request, _("Another job of this kind is running. Undo this one when that has ended."))
        return redirect(job)
    messages.success(request, _("The job is being undone."))
    return redirect(job)


def _done(request: SignedInRequest, job: Job, verb: Verb, said: str) -> HttpResponse:
    try:
        verb(job, by=request.actor)
    except actions.NotPossibleError as reason:
        return _refused(request, job, reason)
    messages.success(request, said)
    return redirect(job)


def _found(request: SignedInRequest, pk: int) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.user), pk=pk)


def _stopped(request: SignedInRequest, job: Job) -> HttpResponse | None:
    """403 for those who may not do what the job does; None for those who may."""
    kind = job.known_kind
    return None if kind is None or request.user.may(kind.permission) else refuse(request, kind.permission)


def _undo_words(job: Job) -> str:
    """What it will do, as the job's kind says it."""
    kind = job.known_kind
    if kind and kind.undo_words:
        return kind.undo_words(job)
    return _("What it changed becomes as it was. What people have edited since is left, and listed.")


def _refused(request: SignedInRequest, job: Job, reason: actions.NotPossibleError) -> HttpResponse:
    if isinstance(reason, actions.BusyError):
        raise reason
    messages.error(request, _("That is not possible any more: the job has changed meanwhile."))
    return redirect(job)
