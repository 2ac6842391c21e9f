"""Admin → Helpdesk settings."""

from __future__ import annotations

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk.outbox.models import hash_of
from helpdesk.team import queries
from helpdesk.team.actions import house as actions
from helpdesk.team.house_forms import HelpdeskForm, TestEmailForm
from helpdesk.ui.conflicts import EditConflict, differences, version_in
from helpdesk.ui.once import new_form_id
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.roles import Permission


@allow(Permission.SETTINGS_CONFIGURE)
def settings(request: SignedInRequest) -> HttpResponse:
    """Name, language, time zone, phones, support contact, how long things last."""
    saved, version = actions.saved_house()
    form = HelpdeskForm.of(saved, request.POST or None)
    if form.is_valid():
        try:
            actions.change_house(form.house, version=version_in(request), by=request.actor)
        except EditConflict:
            return _show_conflict(request, form)
        messages.success(request, _("Saved."))
        return redirect("settings:show")
    return _page(request, form, version=request.POST.get("version", version), status=422 if form.is_bound else 200)


@allow(Permission.SETTINGS_CONFIGURE)
@require_POST
def send_test(request: SignedInRequest) -> HttpResponse:
    """ "Send a test email": its page in the outbox shows what becomes of it."""
    saved, version = actions.saved_house()
    form = TestEmailForm(request.POST)
    if not form.is_valid():
        return _page(request, HelpdeskForm.of(saved), version=version, test_form=form, status=422)
    cause = f"test:{request.user.pk}:{hash_of(request.POST.get('form_id') or new_form_id())}"
    letter = actions.send_test_email(form.cleaned_data["email"], cause=cause, by=request.actor)
    messages.success(
        request, _("The test is on its way. This page says what becomes of it: load it again in a moment.")
    )
    return redirect(letter)


@allow(Permission.SETTINGS_CONFIGURE)
@require_POST
def require_mfa(request: SignedInRequest) -> HttpResponse:
    """`on=1` asks every agent for a second step, anything else no longer."""
    is_on = request.POST.get("on") == "1"
    try:
        actions.require_mfa(on=is_on, by=request.actor)
    except actions.NoSecondStepYet:
        messages.error(request, _("Set up two-step sign-in for yourself first; then ask it of everybody."))
        return redirect("mfa_index")
    messages.success(
        request,
        _("All agents need two-step sign-in from now on.")
        if is_on
        else _("Two-step sign-in is everybody's choice again."),
    )
    return redirect("settings:show")


def _show_conflict(request: SignedInRequest, form: HelpdeskForm) -> HttpResponse:
    saved, version = actions.saved_house()
    found = differences(form, asdict(saved))
    if not found:
        return redirect("settings:show")
    return _page(request, form, version=version, status=409, differences=found)


def _page(
    request: SignedInRequest,
    form: HelpdeskForm,
    *,
    version: object,
    status: int = 200,
    test_form: TestEmailForm | None = None,
    **more: object,
) -> HttpResponse:
    context = {
        "form": form,
        "version": version,
        "test_form": test_form or TestEmailForm(initial={"email": request.user.email}),
        "mfa": queries.second_steps(),
        **more,
    }
    return render(request, "team/settings.html", context, status=status)
