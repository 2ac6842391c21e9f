"""The way in: the front page, the portal's home, signing in."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from contacts.actions.signins import note_lock_out
from helpdesk.users.access import PersonRequest, anyone, held_up
from helpdesk.users.signing_in import Outcome, attempt, next_of
from portal import pocket
from portal.access import contact_of
from portal.forms import SignInForm


@anyone
@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """Greets customers; tells everybody else which door is theirs."""
    if not request.user.is_authenticated:
        return render(request, "portal/welcome.html")
    contact = contact_of(request)
    if contact is None:
        return render(request, "portal/for_customers.html")
    if request.user.must_change_password and not request.user.is_agent:
        return redirect("portal:password")
    if way := held_up(request):
        return redirect(way)
    return render(request, "portal/home.html", {"contact": contact})


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: PersonRequest) -> HttpResponseBase:
    """Sign in with any of one's addresses. Whoever fails, and why ever, gets the same page."""
    if request.user.is_authenticated:
        return redirect(next_of(request) or "team:home")
    pocket.keep_next(request)
    form = SignInForm(request.POST if request.method == "POST" else None, initial={"email": pocket.email_in(request)})
    if not form.is_valid():
        return render(request, "portal/login.html", {"form": form, "next": _next(request)})
    outcome = attempt(request, form.cleaned_data["email"], form.cleaned_data["password"])
    if outcome.response is None:
        return _failed(request, form, outcome)
    pocket.empty(request)
    return outcome.response


def _failed(request: PersonRequest, form: SignInForm, outcome: Outcome) -> HttpResponse:
    pocket.keep_email(request, form.cleaned_data["email"])
    if outcome.is_lock_out:
        note_lock_out(form.cleaned_data["email"], by=request.actor)
    context = {"form": form, "next": _next(request), "failed": True, "throttled": outcome.is_throttled}
    return render(request, "portal/login.html", context, status=outcome.status)


def _next(request: PersonRequest) -> str:
    """The page to go on to, unless that is where everybody lands anyway."""
    wanted = next_of(request) or ""
    return "" if wanted in ("/", reverse("portal:home")) else wanted
