"""The way into everything admins configure."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from helpdesk.team import finding, queries
from helpdesk.team.shelves import shelves_for
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.roles import Permission, Role


@allow(Permission.ADMIN_VIEW)
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """All there is to set; with `?q=`, what has these words, in English or Korean."""
    search = request.GET.get("q", "").strip()[:100]
    found = finding.find(search, request.user) if search else []
    context = {"sections": [] if search else shelves_for(request.user), "search": search, "found": found}
    return render(request, "admin/index.html", context)


@allow(Permission.TEAM_MANAGE)
@require_safe
def list_roles(request: SignedInRequest) -> HttpResponse:
    return render(request, "team/roles.html", {"roles": list(Role), "permissions": queries.permissions()})
