"""Where a request comes from."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """The visitor's address: behind `TRUSTED_PROXIES` proxies the one the outermost of them saw, else the peer's.

    Headers a visitor can write are never believed beyond that count; a malformed one falls back to the peer.
    """
    peer = request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104 (a placeholder, nothing listens here)
    hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    if settings.TRUSTED_PROXIES and len(hops) >= settings.TRUSTED_PROXIES:
        return _valid(hops[-settings.TRUSTED_PROXIES]) or peer
    return _valid(peer) or "127.0.0.1"


def _valid(text: str) -> str:
    """As one address is always written: IPv4 seen through an IPv6 socket is IPv4, an interface (%eth0) says nothing."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)
