"""Admin → Background work."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from helpdesk.jobs import background
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.roles import Permission


@allow(Permission.JOBS_SEE_ALL)
@require_safe
def show_background(request: SignedInRequest) -> HttpResponse:
    return render(request, "jobs/background.html", {"report": background.report()})
