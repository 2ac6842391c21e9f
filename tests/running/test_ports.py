from __future__ import annotations

import socket

import pytest

from helpdesk.running.errors import CannotRunError
from helpdesk.running.ports import answers, bracketed, is_loopback, refuse_unusable
from tests.patience import free_port


def test_a_free_port_is_usable() -> None:
    refuse_unusable("127.0.0.1", free_port())


def test_a_taken_port_is_named_with_another_to_try() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(
            CannotRunError, match=rf"Port {port} is already in use; choose another one, .*PORT={port + 1}"
        ):
            refuse_unusable("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "port", "named"), [("127.0.0.1", 70000, "PORT=70000"), ("192.0.2.1", 8000, "HOST=192.0.2.1")]
)
def test_an_impossible_address_is_named(host: str, port: int, named: str) -> None:
    with pytest.raises(CannotRunError, match=named):
        refuse_unusable(host, port)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.0.0.2", True),
        ("::1", True),
        ("localhost", True),
        ("10.0.0.1", False),
        ("example.com", False),
    ],
)
def test_loopback_is_recognised(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_every_interface_is_not_loopback() -> None:
    assert not any(map(is_loopback, ["0.0.0.0", "::", ""]))  # noqa: S104 (compared, not listened on)


def test_ipv6_is_bracketed_in_addresses() -> None:
    assert (bracketed("::1"), bracketed("127.0.0.1")) == ("[::1]", "127.0.0.1")


def test_nothing_answers_on_a_free_port() -> None:
    assert not answers("127.0.0.1", free_port())
