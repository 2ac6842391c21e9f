"""Where a request asks to be led afterwards (`next`), or came from, if that is a page of ours."""

from __future__ import annotations

from time import time
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme

AN_HOUR = 3600
_TURNED_AWAY = "turned_away"
LONGEST = 2000  # what a receipt of a form keeps (helpdesk.ui.models.FormReceipt)


def own_page(request: HttpRequest, wanted: str) -> str:
    """`wanted` if it is a path on this host, else ""; never what `redirect` would take for a view's name."""
    if not wanted.startswith("/") or len(iri_to_uri(wanted)) > LONGEST:
        return ""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else ""


def note_turned_away(request: HttpRequest) -> None:
    """Remember in the browser's session that it sent something while nobody was signed in."""
    if request.method not in ("GET", "HEAD"):
        request.session[_TURNED_AWAY] = int(time())


def was_turned_away(request: HttpRequest) -> bool:
    """Whether something was sent in vain within the last hour; asked once, then forgotten."""
    moment: int = request.session.pop(_TURNED_AWAY, 0)
    return time() - moment < AN_HOUR


def page_before(request: HttpRequest) -> str:
    """The path of the page of ours whose form was sent, as the browser says; "" where it does not, or of another site."""
    address = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(address)
    return own_page(request, f"{parts.path}?{parts.query}" if parts.query else parts.path)
