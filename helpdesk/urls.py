"""Every room writes its addresses in full; they are included at the root."""

from __future__ import annotations

from django.urls import include, path

from helpdesk import health

ROOMS = (
    "helpdesk.ui",
    "helpdesk.audit",
    "helpdesk.outbox",
    "helpdesk.jobs",
    "helpdesk.team",
    "companies",
    "contacts",
    "portal",
)

urlpatterns = [
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("", include("helpdesk.help")),
    *(path("", include(f"{room}.urls")) for room in ROOMS),
]

handler400 = "helpdesk.errors.bad_request"
handler403 = "helpdesk.errors.forbidden"
handler404 = "helpdesk.errors.not_found"
handler500 = "helpdesk.errors.broken"
