"""Secret links of the team, as browsers follow them: looked at by GET, kept as an id in the session, used by POST."""

from __future__ import annotations

from allauth.account.internal.flows.logout import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from helpdesk.outbox import links
from helpdesk.outbox.models import SecretLink
from helpdesk.team.notices import USER
from helpdesk.users.access import PersonRequest, anyone

FORMS = {
    SecretLink.Purpose.INVITE: "team:invitation_form",
    SecretLink.Purpose.RESET: "team:reset_form",
    SecretLink.Purpose.CONFIRM: "profile:confirm_email",
    SecretLink.Purpose.SETUP: "team:setup_form",
}
"""Where the link of each purpose leads once the token is out of the address."""


def take(request: PersonRequest, token: str, purpose: SecretLink.Purpose) -> HttpResponse:
    """Move the link from the address into the session, and go on; an unknown one, too, to say so there."""
    link = links.find(token, purpose).link
    request.session[_key(purpose)] = link.pk if link else None
    return redirect(FORMS[purpose])


def kept(request: PersonRequest, purpose: SecretLink.Purpose) -> SecretLink | None:
    """The link this browser followed, while it is live."""
    found = links.by_id(request.session.get(_key(purpose)), purpose)
    if found.link is None or not found.is_live or found.link.subject_kind != USER:  # a customer's opens no agent's door
        return None
    if request.method == "GET":
        links.mark_opened(found.link)
    return found.link


def forget(request: PersonRequest, purpose: SecretLink.Purpose) -> None:
    request.session.pop(_key(purpose), None)


def invalid(request: PersonRequest) -> HttpResponse:
    """One page for links used, expired, replaced, truncated, unknown."""
    return render(request, "team/link_invalid.html", status=410)


def someone_is_here(request: PersonRequest, purpose: SecretLink.Purpose) -> HttpResponse:
    """Asks whether to sign out first: the link may be meant for somebody else."""
    return render(request, "team/someone_is_here.html", {"purpose": purpose})


@anyone
@require_POST
def leave(request: PersonRequest) -> HttpResponse:
    """Sign out whoever is here and go on with the link that was followed."""
    purpose = request.POST.get("purpose", "")
    if purpose not in FORMS:
        return redirect("/")
    followed = request.session.get(_key(purpose))
    logout(request, show_message=False)
    request.session[_key(purpose)] = followed
    return redirect(FORMS[SecretLink.Purpose(purpose)])


def _key(purpose: str) -> str:
    return f"team.link.{purpose}"
