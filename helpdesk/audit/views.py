"""The audit log, for those who answer for what was done."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from helpdesk.audit import queries
from helpdesk.audit.forms import SearchForm
from helpdesk.audit.lines import lines
from helpdesk.ui.paging import decode, page_of
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.roles import Permission


@allow(Permission.AUDIT_VIEW)
@require_safe
def list_entries(request: SignedInRequest) -> HttpResponse:
    """Newest first."""
    form = SearchForm(request.GET or None)
    cursor = decode(request.GET.get("cursor", ""), queries.NEWEST)
    page = page_of(queries.entries(form.search()), queries.NEWEST, cursor)
    return render(request, "audit/list.html", {"form": form, "page": page, "lines": lines(page.rows)})
