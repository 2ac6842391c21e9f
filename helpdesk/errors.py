"""Pages for what went wrong, in the reader's language and with a way on."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from helpdesk.locks import is_held


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or cookies are off: say so, and how to go on."""
    return render(request, "errors/csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def not_allowed(request: HttpRequest, refused: HttpResponseNotAllowed) -> HttpResponse:
    """For who opens the address of a form, say from the history: `refused` is an empty page."""
    response = render(request, "errors/405.html", status=405)
    response.headers["Allow"] = refused.headers["Allow"]
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """Must not need the database: it may be what is broken. 503 where something only holds it for too long."""
    if is_held(sys.exception()):
        response = render(request, "errors/busy.html", status=503)
        response.headers["Retry-After"] = "10"  # seconds
        return response
    return render(request, "errors/500.html", status=500)
