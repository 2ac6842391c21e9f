"""The house's front door, and the agents': in and out."""

from __future__ import annotations

from allauth.account.internal.flows.logout import logout
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from contacts.actions.signins import note_lock_out
from helpdesk.team.forms import SignInForm
from helpdesk.users.access import PersonRequest, anyone
from helpdesk.users.signing_in import attempt, next_of

SIGN_IN_EMAIL = "team.sign_in_email"
"""Session key: the address of somebody who has just set a password."""


@anyone
@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """`/`: agents to the desk, everyone else to the portal."""
    is_agent = request.user.is_authenticated and request.user.is_agent
    return redirect("contacts:list" if is_agent else "portal:home")


@anyone
def sign_in(request: PersonRequest) -> HttpResponseBase:
    if request.user.is_authenticated:
        return redirect(next_of(request) or "team:home")
    form = SignInForm(request.POST or None, initial={"email": request.session.pop(SIGN_IN_EMAIL, "")})
    if not form.is_valid():
        return _page(request, form)
    outcome = attempt(request, form.cleaned_data["email"], form.cleaned_data["password"])
    if outcome.is_lock_out:
        note_lock_out(form.cleaned_data["email"], by=request.actor)
    return outcome.response or _page(request, form, failed=True, status=outcome.status)


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: PersonRequest) -> HttpResponse:
    """By POST only; a typed address is asked first."""
    if request.method != "POST" and request.user.is_authenticated:
        return render(request, "account/logout.html")
    was_agent = request.user.is_authenticated and request.user.is_agent
    logout(request, show_message=False)
    return redirect("account_login" if was_agent else "team:home")


def _page(request: PersonRequest, form: SignInForm, *, failed: bool = False, status: int = 200) -> HttpResponse:
    context = {"form": form, "failed": failed, "is_throttled": status == 429, "next": next_of(request) or ""}
    return render(request, "account/login.html", context, status=status)
