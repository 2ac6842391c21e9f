"""Agents' own profile and password."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from helpdesk.team.actions.passwords import change_own
from helpdesk.team.actions.profiles import edit_profile
from helpdesk.team.forms import ChangePasswordForm, ProfileForm
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.models import User
from helpdesk.users.roles import Permission

DESK = Permission.DESK_VIEW


@allow(DESK)
def show(request: SignedInRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if form.is_valid():
        edit_profile(request.user, form.cleaned_data, by=request.actor)
        with translation.override(form.cleaned_data["language"]):
            messages.success(request, _("Your profile was saved."))
        return redirect("profile:show")
    return render(request, "team/profile.html", {"form": form, "has_mfa": is_mfa_enabled(request.user)})


@allow(DESK)
def password(request: SignedInRequest) -> HttpResponse:
    """Other sessions end, this one stays."""
    user = User.objects.get(pk=request.user.pk)
    form = ChangePasswordForm(request.POST or None, user=user)
    if form.is_valid():
        change_own(user, form.cleaned_data["password"], by=request.actor)
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password was changed. You are signed out everywhere else."))
        return redirect("profile:show")
    return render(request, "team/password.html", {"form": form, "is_forced": user.must_change_password})
