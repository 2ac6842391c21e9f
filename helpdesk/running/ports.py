"""Addresses to listen on: free or taken, loopback or not, answering or not."""

from __future__ import annotations

import errno
import http.client
import ipaddress
import socket

from helpdesk.running.errors import CannotRunError

HIGHEST = 65535


def refuse_unusable(host: str, port: int) -> None:
    """Raise CannotRunError where nothing of ours could listen on `host` and `port`."""
    if not 1 <= port <= HIGHEST:  # getaddrinfo would wrap it silently
        raise CannotRunError(f"PORT={port} is no port: choose a number from 1 to {HIGHEST}.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        raise CannotRunError(why(error, host, port)) from error


def why(error: OSError, host: str, port: int) -> str:
    """The sentence for an address that could not be bound."""
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is already in use; choose another one, for example PORT={port + 1 if port < HIGHEST else 8000}."
    if error.errno == errno.EACCES:
        return f"Port {port} needs an administrator's rights; choose one above 1023, for example PORT=8000."
    return f"HOST={host} is not an address of this machine: {error.strerror}."


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def bracketed(host: str) -> str:
    """`host` as it stands in a URL."""
    return f"[{host}]" if ":" in host else host


def answers(host: str, port: int) -> bool:
    """Whether a web server answers anything on `host` and `port` within half a second."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 (to reach, not to listen)
    connection = http.client.HTTPConnection(reachable, port, timeout=0.5)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
