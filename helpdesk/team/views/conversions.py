"""A contact becomes an agent, and a contact only again: each asked first, with what it means."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contacts.actions.sharing import why_no_agent
from contacts.actions.signins import Refused
from contacts.models import Contact
from helpdesk.team.actions import conversions
from helpdesk.team.forms import RoleForm
from helpdesk.team.views.members import MANAGE, Refusals, member_or_404
from helpdesk.ui.once import once
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.models import SignInPolicy, User
from helpdesk.users.roles import Role

asked_first = require_http_methods(["GET", "HEAD", "POST"])


@allow(MANAGE)
@asked_first
@once
def make_agent(request: SignedInRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.visible_to(request.user).select_related("user"), pk=pk)
    form = RoleForm(request.POST if request.method == "POST" else None, initial={"role": Role.AGENT})
    try:
        if reason := why_no_agent(contact):
            raise Refused(reason)
        if form.is_valid():
            user = conversions.make_agent(contact, form.cleaned_data["role"], by=request.actor)
            messages.success(request, _told(user))
            return redirect("team:edit", user.pk)
    except Refused as refused:
        messages.error(request, _("This contact cannot become an agent: %(reason)s") % {"reason": refused.reason})
        return redirect(contact)
    context = {
        "contact": contact,
        "email": contact.addresses.filter(is_primary=True).first(),
        "has_password": contact.user is not None and contact.user.has_usable_password(),
        "requires_mfa": SignInPolicy.objects.filter(requires_mfa=True).exists(),
        "form": form,
    }
    return render(request, "team/make_agent.html", context, status=422 if form.is_bound else 200)


@allow(MANAGE)
@asked_first
def step_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask, then take the role away from an agent who is a contact, too."""
    user = member_or_404(pk).user
    contact = Contact.objects.filter(user=user).first()
    with Refusals(request):
        if request.method == "POST":
            contact = conversions.step_back(user, by=request.actor)
            messages.success(request, _("%(name)s is a contact only again.") % {"name": contact.name})
            return redirect(contact)
        if contact is None:
            raise conversions.NoContact
        return render(request, "team/step_back.html", {"person": user, "contact": contact})
    return redirect("team:edit", pk)


def _told(user: User) -> str:
    if user.is_invited:
        return _("An invitation to %(email)s is on its way.") % {"email": user.email}
    return _("%(name)s is an agent now and was told so by email.") % {"name": user.name}
