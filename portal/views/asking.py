"""Asking for a way in: one form, one answer, whoever asks."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.models import Address
from contacts.notices import CONTACT
from helpdesk.outbox.links import Found
from helpdesk.outbox.models import SecretLink
from helpdesk.team.actions.asking import ask_for_link
from helpdesk.users.access import PersonRequest, anyone
from helpdesk.users.signing_in import may_ask_for_letter
from portal import pocket
from portal.forms import LinkRequestForm

PURPOSES = (SecretLink.Purpose.ACTIVATE, SecretLink.Purpose.RESET)


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def reset_request(request: PersonRequest) -> HttpResponse:
    """ "Forgot password" and "Send me an activation link" (`?for=activation`): which letter it is, we know better."""
    pocket.keep_next(request)
    form = LinkRequestForm(
        request.POST if request.method == "POST" else None, initial={"email": pocket.email_in(request)}
    )
    if form.is_valid():
        pocket.keep_email(request, form.cleaned_data["email"])
        return _asked(request, form.cleaned_data["email"])
    return render(
        request, "portal/reset_request.html", {"form": form, "is_first": request.GET.get("for") == "activation"}
    )


@anyone
@require_safe
def reset_sent(request: PersonRequest) -> HttpResponse:
    """The neutral answer."""
    return render(request, "portal/reset_sent.html")


@anyone
@require_POST
def send_again(request: PersonRequest) -> HttpResponse:
    """A new link for whoever opened one that has expired; nothing to type."""
    purpose = request.POST.get("purpose", "")
    found = pocket.link_in(request, purpose if purpose in PURPOSES else "")
    if found.state != "expired":
        return redirect("portal:reset_request")
    return _asked(request, _present_email(found))


def _asked(request: PersonRequest, email: str) -> HttpResponse:
    """Beyond what one visitor may cause it is dropped without a word."""
    if email and may_ask_for_letter(request):
        ask_for_link(email, by=request.actor)
    return redirect("portal:reset_sent")


def _present_email(found: Found) -> str:
    """Where letters to the link's contact go now; "" if nowhere."""
    link = found.link
    if link is None or link.subject_kind != CONTACT:
        return ""
    primary = Address.objects.filter(contact=link.subject_id, is_primary=True).first()
    return primary.email if primary else ""
