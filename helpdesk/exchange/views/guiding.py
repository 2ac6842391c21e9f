""" "File import guide", and the sample file."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from helpdesk.exchange import describing, guide
from helpdesk.exchange.sheets import Sheet
from helpdesk.users.access import SignedInRequest

ENCODINGS = ("utf-8", "utf-16", "cp949")


@require_safe
def show_guide(request: SignedInRequest, sheet: Sheet) -> HttpResponse:
    context = {
        "sheet": sheet,
        "lines": guide.lines_of(sheet),
        "limits": guide.Limits(),
        "encodings": [describing.ENCODINGS[name] for name in ENCODINGS],
    }
    return render(request, "exchange/guide.html", context)


@require_safe
def download_sample(request: SignedInRequest, sheet: Sheet, kind: str) -> HttpResponse:
    """`kind`: csv or xlsx."""
    if kind not in guide.TYPES:
        raise Http404
    answer = HttpResponse(guide.sample_of(sheet, kind), content_type=guide.TYPES[kind])
    answer["Content-Disposition"] = content_disposition_header(True, guide.sample_name(sheet, kind)) or "attachment"
    return answer
