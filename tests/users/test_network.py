"""Where a request comes from, however the socket or a proxy writes it."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from helpdesk.users.network import client_ip


@pytest.mark.parametrize(
    ("peer", "read"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),  # IPv4 through a socket for both: else all visitors were one network
        ("fe80::1%eth0", "fe80::1"),  # which no column for addresses takes
        ("2001:DB8::0:1", "2001:db8::1"),
        ("no address", "127.0.0.1"),
    ],
)
def test_an_address_is_always_written_the_same(rf: RequestFactory, peer: str, read: str) -> None:
    assert client_ip(rf.get("/", REMOTE_ADDR=peer)) == read
