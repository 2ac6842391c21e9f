"""The way into everything admins configure."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from helpdesk.team import queries
from helpdesk.team.shelves import shelves_for
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.roles import Permission, Role


@allow(Permission.ADMIN_VIEW)
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    return render(request, "admin/index.html", {"sections": shelves_for(request.user)})


@allow(Permission.TEAM_MANAGE)
@require_safe
def list_roles(request: SignedInRequest) -> HttpResponse:
    return render(request, "team/roles.html", {"roles": list(Role), "permissions": queries.permissions()})
