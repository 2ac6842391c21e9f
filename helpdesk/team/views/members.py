"""Agents as admins see them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from contacts.actions.addresses import Taken
from contacts.models import Contact
from helpdesk.audit.history import history_of
from helpdesk.team import queries
from helpdesk.team.actions import conversions, invitations, members
from helpdesk.team.forms import InviteForm, RoleForm
from helpdesk.team.views.taken import taken_by
from helpdesk.ui.once import once
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.models import User
from helpdesk.users.roles import Permission

MANAGE = Permission.TEAM_MANAGE


@allow(MANAGE)
@require_safe
def list_members(request: SignedInRequest) -> HttpResponse:
    return render(request, "team/list.html", {"members": queries.team()})


@allow(MANAGE)
@once
def invite(request: SignedInRequest) -> HttpResponse:
    form = InviteForm(request.POST or None, initial={"language": (get_language() or "en").partition("-")[0]})
    if form.is_valid() and (user := _invited(request, form)):
        messages.success(request, _("An invitation to %(email)s is on its way.") % {"email": user.email})
        return redirect("team:list")
    return render(request, "team/invite.html", {"form": form})


@allow(MANAGE)
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    member = member_or_404(pk)
    form = RoleForm(request.POST or None, initial={"role": member.user.role})
    if form.is_valid():
        with Refusals(request):
            members.change_role(member.user, form.cleaned_data["role"], by=request.actor)
            messages.success(request, _("The role was changed."))
        return redirect("team:edit", pk)
    context = {
        "member": member,
        "contact": Contact.objects.filter(user=member.user).first(),
        "form": form,
        "is_oneself": pk == request.user.pk,
        "history": history_of(member.user),
    }
    return render(request, "team/edit.html", context)


@allow(MANAGE)
@require_POST
@once
def invite_again(request: SignedInRequest, pk: int) -> HttpResponse:
    user = member_or_404(pk).user
    with Refusals(request):
        invitations.invite_again(user, by=request.actor)
        messages.success(request, _("An invitation to %(email)s is on its way.") % {"email": user.email})
    return redirect("team:edit", pk)


@allow(MANAGE)
@once
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    user = member_or_404(pk).user
    if request.method != "POST":
        return render(request, "team/withdraw.html", {"person": user})
    with Refusals(request):
        invitations.withdraw(user, by=request.actor)
        messages.success(request, _("The invitation was withdrawn."))
    return redirect("team:list")


@allow(MANAGE)
def deactivate(request: SignedInRequest, pk: int) -> HttpResponse:
    user = member_or_404(pk).user
    if request.method != "POST":
        return render(request, "team/deactivate.html", {"person": user})
    with Refusals(request):
        members.deactivate(user, by=request.actor)
        messages.success(request, _("%(name)s was deactivated and is signed out.") % {"name": user.name})
    return redirect("team:edit", pk)


@allow(MANAGE)
@require_POST
def reactivate(request: SignedInRequest, pk: int) -> HttpResponse:
    user = member_or_404(pk).user
    with Refusals(request):
        members.reactivate(user, by=request.actor)
        messages.success(request, _("%(name)s can sign in again.") % {"name": user.name})
    return redirect("team:edit", pk)


def member_or_404(pk: int) -> queries.Member:
    if member := queries.member(pk):
        return member
    raise Http404


def _invited(request: SignedInRequest, form: InviteForm) -> User | None:
    """The new agent; None, with the reason in the form, where the address is somebody's."""
    try:
        return invitations.invite(**form.cleaned_data, by=request.actor)
    except Taken as error:
        form.add_error("email", taken_by(error.owner))
        return None


class Refusals:
    """Turns a verb's refusal into a message; the page is shown again as it stands. Who left the team has none: 404."""

    def __init__(self, request: SignedInRequest) -> None:
        self.request = request

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *_details: object) -> bool:
        sentences = {
            members.Oneself: _("You cannot do this to yourself. Ask another admin."),
            members.LastAdmin: _("This is the last admin. Make somebody else an admin first."),
            invitations.NotInvited: _("The invitation has been accepted already."),
            conversions.NoContact: _("This agent is not a contact, so nothing would be left. Deactivate them instead."),
            invitations.TooSoon: _("The last invitation was sent less than a minute ago. Wait a little."),
        }
        if kind is members.NoAgent:
            raise Http404
        if kind not in sentences:
            return False
        messages.error(self.request, sentences[kind])
        return True
