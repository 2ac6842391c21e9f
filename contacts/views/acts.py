"""Doing something to a whole view: its selection is frozen, the page asks with exact numbers, a job does it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from contacts.acts import companies, invitations, standings, starting, tags
from contacts.acts.trying import NobodyError, send_one_to_oneself
from contacts.acts.wording import Grouped
from contacts.forms.acts import ChangeTagsForm, ConfirmForm, SetCompanyForm
from contacts.models import Contact
from contacts.queries.listing import Listing
from contacts.queries.prospects import COUNTED, READY
from contacts.queries.selections import whole_view
from contacts.views.choosing import back_to
from contacts.views.standing import BLOCK, DELETE, RESTORE, UNBLOCK
from helpdesk.jobs.actions import NothingChosenError, NotPossibleError
from helpdesk.jobs.claims import LostError
from helpdesk.jobs.kinds import JobKind
from helpdesk.jobs.models import Job
from helpdesk.jobs.states import State
from helpdesk.outbox import channel
from helpdesk.ui.once import once
from helpdesk.users.access import SignedInRequest, allow, refuse
from helpdesk.users.roles import Permission


@dataclass(frozen=True)
class Act:
    """How an act is asked for: `few` is the page for those ticked, `question` counts, `form` asks what else is needed."""

    kind: JobKind
    permission: Permission
    few: str
    label: str | Promise
    question: Promise
    text: str | Promise
    look: str = "primary"
    form: Callable[..., ConfirmForm] = ConfirmForm


def _standing(kind: JobKind, like: Any, few: str) -> Act:
    return Act(kind, like.permission, few, like.label, like.few, like.text, like.kind)


ACTS = {
    "activate": Act(
        invitations.ACTIVATE,
        Permission.CONTACT_ACTIVATE,
        "contacts:activate",
        gettext_lazy("Send activation email"),
        ngettext_lazy("Send %(count)s activation email?", "Send %(count)s activation emails?", "count"),
        gettext_lazy(
            "They go out thirty at a time, the next thirty when it is known what became of those before. You can pause"
            " and cancel; above 5% failures it pauses by itself."
        ),
    ),
    "tags": Act(
        tags.ADD,
        Permission.CONTACT_EDIT,
        "contacts:tags_few",
        gettext_lazy("Change tags"),
        ngettext_lazy("Change the tags of %(count)s contact?", "Change the tags of %(count)s contacts?", "count"),
        gettext_lazy("An admin can undo it later: who had a tag before keeps it."),
        form=ChangeTagsForm,
    ),
    "company": Act(
        companies.COMPANY,
        Permission.CONTACT_EDIT,
        "contacts:company_few",
        gettext_lazy("Set company"),
        ngettext_lazy("Set the company of %(count)s contact?", "Set the company of %(count)s contacts?", "count"),
        gettext_lazy("It becomes their default company; further companies stay. An admin can undo it later."),
        form=SetCompanyForm,
    ),
    "block": _standing(standings.BLOCK, BLOCK, "contacts:block_few"),
    "unblock": _standing(standings.UNBLOCK, UNBLOCK, "contacts:unblock_few"),
    "delete": _standing(standings.DELETE, DELETE, "contacts:delete_few"),
    "restore": _standing(standings.RESTORE, RESTORE, "contacts:restore_few"),
}
BY_KIND = {act.kind.name: act for act in ACTS.values()}


@allow(Permission.CONTACT_VIEW)
@require_POST
def begin(request: SignedInRequest) -> HttpResponse:
    """A button of the bar: for those ticked to the page that asks, for the whole view by way of freezing it."""
    asked = request.POST.get("act", "")
    if asked in _PAGES:
        return _to(request, _PAGES[asked](request))
    act = ACTS.get(asked)
    if act is None:
        return redirect(back_to(request))
    if not request.user.may(act.permission):
        return refuse(request, act.permission)
    if "whole" in request.POST:
        return begin_whole(request, act)
    chosen = {"contact": request.POST.getlist("contact")[:40], "next": back_to(request)}
    return redirect(f"{reverse(act.few)}?{urlencode(chosen, doseq=True)}")


def _export_url(request: SignedInRequest) -> str:
    """Where those ticked are exported, or all that the list shows."""
    query = QueryDict(urlsplit(back_to(request)).query, mutable=True)
    if "whole" not in request.POST:
        query.setlist("contact", request.POST.getlist("contact")[:40])
    return f"{reverse('contacts:export')}?{query.urlencode()}"


def _merge_url(request: SignedInRequest) -> str:
    """Where those ticked are merged; the form's token stays out of the address."""
    return f"{reverse('contacts:merge')}?{urlencode([('contact', pk) for pk in request.POST.getlist('contact')[:40]])}"


_PAGES: dict[str, Callable[[SignedInRequest], str]] = {"export": _export_url, "merge": _merge_url}
"""What of the bar only leads to another page, with its own door."""


def begin_whole(request: SignedInRequest, act: Act) -> HttpResponse:
    """Freeze the view the reader sees (`next` is its address), and lead to the page that asks."""
    if not request.user.may(Permission.CONTACT_ACT_ON_VIEW):
        return refuse(request, Permission.CONTACT_ACT_ON_VIEW)
    back = back_to(request)
    listing = Listing.asked(QueryDict(urlsplit(back).query))
    try:
        job = starting.freeze(act.kind, whole_view(listing, Contact.objects.visible_to(request.user)), by=request.actor)
    except NothingChosenError:
        messages.warning(request, _("Nobody was chosen, so nothing was changed."))
        return _to(request, back)
    return _to(request, f"{reverse('contacts:confirm_act', args=[job.pk])}?{urlencode({'next': back})}")


@allow(Permission.CONTACT_ACT_ON_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask, with the numbers of the moment of freezing; a repeated answer leads to the job it began."""
    job, act = _draft(request, pk)
    if not request.user.may(act.permission):
        return refuse(request, act.permission)
    if job.state != State.DRAFT:
        return redirect(job)
    form = act.form(request.POST if request.method == "POST" else None, count=_count(job))
    if form.is_valid() and _is_possible(job):
        with suppress(NotPossibleError, LostError):  # somebody was quicker: the job says what became of it
            starting.confirm(job, _kind(act, form), form.params, by=request.actor)
        return redirect(job)
    return _page(request, job, act, form, status=422 if form.is_bound else 200)


@allow(Permission.CONTACT_ACT_ON_VIEW)
@require_POST
@once
def try_out(request: SignedInRequest, pk: int) -> HttpResponse:
    """ "Send me one first": one such letter to oneself, with a link that leads nowhere."""
    job, act = _draft(request, pk)
    if not request.user.may(act.permission):
        return refuse(request, act.permission)
    try:
        letter = send_one_to_oneself(job, request.user, form_id=request.POST.get("form_id", ""), by=request.actor)
    except NobodyError:
        messages.warning(request, _("None of them can be written to, so there is no letter to look at."))
    else:
        messages.success(request, _("A test is on its way to %(email)s.") % {"email": letter.to_email})
    return redirect(f"{reverse('contacts:confirm_act', args=[job.pk])}?{urlencode({'next': back_to(request)})}")


def _draft(request: SignedInRequest, pk: int) -> tuple[Job, Act]:
    """The reader's own; a draft of removing tags began as one of adding them."""
    kinds = [*BY_KIND, tags.REMOVE.name]
    job = get_object_or_404(Job.objects.filter(owner=request.user, kind__in=kinds), pk=pk)
    return job, BY_KIND.get(job.kind, ACTS["tags"])


def _count(job: Job) -> int:
    """How many it will be done to."""
    return int(job.predicted.get(READY, 0)) if job.kind == invitations.ACTIVATE.name else job.total or 0


def _is_possible(job: Job) -> bool:
    return job.kind != invitations.ACTIVATE.name or (channel.leads_somewhere() and _count(job) > 0)


def _kind(act: Act, form: ConfirmForm) -> JobKind:
    return tags.REMOVE if isinstance(form, ChangeTagsForm) and form.removes else act.kind


def _page(request: SignedInRequest, job: Job, act: Act, form: ConfirmForm, *, status: int) -> HttpResponse:
    count, is_mail = _count(job), act.kind is invitations.ACTIVATE
    context = {
        "job": job,
        "act": act,
        "form": form,
        "question": str(act.question % {"count": Grouped(count)}),
        "skipped": _skipped(job) if is_mail else "",
        "is_mail": is_mail,
        "has_server": channel.leads_somewhere(),
        "is_possible": _is_possible(job),
        "back": back_to(request),
    }
    return render(request, "contacts/act.html", context, status=status)


def _skipped(job: Job) -> str:
    """ "96 of 1,300 will be skipped: 61 no email, 35 sent within 24 hours."; "" where nobody is."""
    total = job.total or 0
    skipped = total - _count(job)
    if not skipped:
        return ""
    found = [(words, job.predicted[code]) for code, words in COUNTED.items() if code in job.predicted]
    reasons = ", ".join(_("%(count)s %(reason)s") % {"count": Grouped(count), "reason": why} for why, count in found)
    words = ngettext(
        "%(skipped)s of %(total)s will be skipped: %(reasons)s.",
        "%(skipped)s of %(total)s will be skipped: %(reasons)s.",
        skipped,
    )
    return words % {"skipped": f"{skipped:,}", "total": f"{total:,}", "reasons": reasons}


def _to(request: SignedInRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
