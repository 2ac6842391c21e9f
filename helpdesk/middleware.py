"""What happens to every request, in the order of settings.MIDDLEWARE."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from helpdesk import errors
from helpdesk.ui.languages import language_of, time_zone_of
from helpdesk.users import actors
from helpdesk.users.access import PersonRequest
from helpdesk.users.network import client_ip

METHODS = ("GET", "HEAD", "POST")
UNSTORABLE = re.compile("[\\x00\\ud800-\\udfff]")  # a loop over the characters took most of a long address's time

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class StaticFiles(WhiteNoiseMiddleware):
    """Serves the files that were there at the start; one that was deleted since is answered like any unknown address."""

    def serve(self, static_file: StaticFile, request: HttpRequest) -> HttpResponseBase:
        try:
            response: HttpResponseBase = super().serve(static_file, request)
        except FileNotFoundError:
            response = self.get_response(request)
        return response


def clean_input(get_response: GetResponse) -> GetResponse:
    """Refuse NUL and lone surrogates in the address: PostgreSQL cannot store them, so nothing may try."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if _is_unstorable(request.get_full_path()) or any(map(_is_unstorable, _given(request))):
            return HttpResponse("Bad request: the address contains characters that cannot be used.", status=400)
        return get_response(request)

    return middleware


def known_methods(get_response: GetResponse) -> GetResponse:
    """Pages are fetched and forms are sent; nothing here answers anything else."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return get_response(request) if request.method in METHODS else HttpResponseNotAllowed(METHODS)

    return middleware


def person(get_response: GetResponse) -> GetResponse:
    """Say who acts (`request.actor`), and speak their language in their time zone."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        cast(PersonRequest, request).actor = _actor(request)
        with translation.override(language_of(request)), timezone.override(ZoneInfo(time_zone_of(request))):
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
            response = get_response(request)
            rendered = getattr(response, "render", None)
            if rendered and not getattr(response, "is_rendered", True):
                response = rendered()
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response

    return middleware


def private_pages(get_response: GetResponse) -> GetResponse:
    """Pages are personal: no cache keeps them unless the view says otherwise."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware


def method_pages(get_response: GetResponse) -> GetResponse:
    """Who opens an address that only takes forms is told so; views refuse with an empty page."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method in ("GET", "HEAD"):
            return errors.not_allowed(request, response)
        return response

    return middleware


def _actor(request: HttpRequest) -> actors.Actor:
    ip = client_ip(request)
    request_id = str(structlog.contextvars.get_contextvars().get("request_id", ""))
    if request.user.is_authenticated:
        return actors.person(request.user, ip=ip, request_id=request_id)
    return actors.visitor(ip=ip, request_id=request_id)


def _given(request: HttpRequest) -> list[str]:
    return [value for values in request.GET.lists() for value in (values[0], *values[1])]


def _is_unstorable(text: str) -> bool:
    return UNSTORABLE.search(text) is not None
