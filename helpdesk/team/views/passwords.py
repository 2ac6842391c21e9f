"""Agents who forgot their password."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from helpdesk.outbox.models import SecretLink
from helpdesk.team.actions import passwords
from helpdesk.team.actions.asking import ask_for_link
from helpdesk.team.forms import AskForm, NewPasswordForm
from helpdesk.team.views import links
from helpdesk.team.views.signing_in import SIGN_IN_EMAIL
from helpdesk.ui.once import once
from helpdesk.users.access import PersonRequest, anyone
from helpdesk.users.models import User
from helpdesk.users.signing_in import may_ask_for_letter

RESET = SecretLink.Purpose.RESET


@anyone
def ask_reset(request: PersonRequest) -> HttpResponse:
    """The answer is the same for every address; beyond what one visitor may cause, nothing is sent."""
    form = AskForm(request.POST or None)
    if form.is_valid() and may_ask_for_letter(request):
        ask_for_link(form.cleaned_data["email"], by=request.actor)
    if form.is_valid():
        return redirect("team:reset_asked")
    return render(request, "team/ask_reset.html", {"form": form})


@anyone
@require_safe
def reset_asked(request: PersonRequest) -> HttpResponse:
    return render(request, "team/reset_asked.html")


@anyone
@require_safe
def reset(request: PersonRequest, token: str) -> HttpResponse:
    return links.take(request, token, RESET)


@anyone
@once
def reset_form(request: PersonRequest) -> HttpResponse:
    """A rejected password leaves the link alive."""
    link = links.kept(request, RESET)
    user = User.objects.filter(pk=link.subject_id).first() if link else None
    if link is None or user is None:
        return links.invalid(request)
    if request.user.is_authenticated:
        return links.someone_is_here(request, RESET)
    form = NewPasswordForm(request.POST or None, user=user)
    if form.is_valid():
        return _use(request, link, form.cleaned_data["password"])
    return render(request, "team/reset_form.html", {"form": form, "person": user})


def welcome(request: PersonRequest, user: User) -> HttpResponse:
    """To the sign-in page, with the address filled in."""
    request.session[SIGN_IN_EMAIL] = user.email
    messages.success(request, _("Your password is set. Sign in."))
    return redirect("account_login")


def _use(request: PersonRequest, link: SecretLink, password: str) -> HttpResponse:
    try:
        user = passwords.reset(link, password, by=request.actor)
    except passwords.LinkSpent:
        return links.invalid(request)
    links.forget(request, RESET)
    return welcome(request, user)
