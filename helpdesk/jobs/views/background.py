"""Admin → Background work."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from helpdesk.jobs import background
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.roles import Permission


@allow(Permission.JOBS_SEE_ALL)
@require_safe
def show_background(request: SignedInRequest) -> HttpResponse:
    mail = {"plays_mail_server": settings.PLAYS_MAIL_SERVER, "mail_dir": settings.MAIL_DIR}
    return render(request, "jobs/background.html", {"report": background.report(), **mail})
