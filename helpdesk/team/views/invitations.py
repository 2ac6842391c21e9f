"""An invited agent comes in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from helpdesk.outbox.models import SecretLink
from helpdesk.team.actions.invitations import accept
from helpdesk.team.actions.passwords import LinkSpent
from helpdesk.team.forms import AcceptForm
from helpdesk.team.views import links
from helpdesk.team.views.passwords import welcome
from helpdesk.ui.once import once
from helpdesk.users.access import PersonRequest, anyone
from helpdesk.users.models import User

INVITE = SecretLink.Purpose.INVITE


@anyone
@require_safe
def invitation(request: PersonRequest, token: str) -> HttpResponse:
    return links.take(request, token, INVITE)


@anyone
@once
def invitation_form(request: PersonRequest) -> HttpResponse:
    """A rejected password leaves the invitation alive."""
    link = links.kept(request, INVITE)
    user = User.objects.filter(pk=link.subject_id).first() if link else None
    if link is None or user is None:
        return links.invalid(request)
    if request.user.is_authenticated:
        return links.someone_is_here(request, INVITE)
    form = AcceptForm(request.POST or None, user=user, initial={"name": user.name})
    if form.is_valid():
        return _accepted(request, link, form)
    return render(request, "team/invitation_form.html", {"form": form, "person": user})


def _accepted(request: PersonRequest, link: SecretLink, form: AcceptForm) -> HttpResponse:
    typed, language = form.cleaned_data, (get_language() or "en").partition("-")[0]
    try:
        user = accept(link, name=typed["name"], password=typed["password"], language=language, by=request.actor)
    except LinkSpent:
        return links.invalid(request)
    links.forget(request, INVITE)
    return welcome(request, user)
