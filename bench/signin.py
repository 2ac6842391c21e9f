"""Whether the portal's sign-in tells by its speed who is known: 200 tries of each kind that fails (PRODUCT 3.3).

    python -m bench.signin [TRIES]

Asks the page in process, through all middleware, with the real password hash; kinds take turns, so that a busy machine
is busy for all of them. Both the clock and the processor's time are looked at: the latter says the same on a busy
machine. Ends with 1 when the medians of two kinds differ by more than the spread within a kind.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from ipaddress import IPv4Address
from statistics import median, quantiles
from typing import Any

TRIES = 200
PEOPLE = 20  # of each kind, so that no address runs into its limits
RIGHT, WRONG = "gate-lantern-42", "other-lantern-43"


@dataclass(frozen=True)
class Kind:
    """One cause of failing: whose addresses are tried, with which password."""

    name: str
    emails: list[str]
    password: str


@dataclass(frozen=True)
class Try:
    """Seconds one answer took: on the clock, and of the processor."""

    clock: float
    processor: float


def main() -> int:
    tries = int(sys.argv[1]) if len(sys.argv) > 1 else TRIES
    _prepare()
    times = _measure(_kinds(), tries)
    by_clock = _judge("clock", {name: [one.clock for one in tried] for name, tried in times.items()})
    by_processor = _judge("processor", {name: [one.processor for one in tried] for name, tried in times.items()})
    return 0 if by_clock and by_processor else 1


def _judge(what: str, times: dict[str, list[float]]) -> bool:
    """Print the figures; whether the kinds cannot be told apart by them."""
    for name, seconds in times.items():
        print(
            f"{what:<10} {name:<15} median {median(seconds) * 1000:7.1f} ms   spread {_spread(seconds) * 1000:6.1f} ms"
        )
    medians = [median(seconds) for seconds in times.values()]
    apart, spread = max(medians) - min(medians), min(map(_spread, times.values()))
    print(
        f"{what:<10} medians differ by {apart * 1000:.1f} ms; the smallest spread (5 to 95 %) is {spread * 1000:.1f} ms\n"
    )
    return apart < spread


def _prepare() -> None:
    """A database of our own, with the product's settings."""
    os.environ.setdefault("HELPDESK_DATA_DIR", tempfile.mkdtemp(prefix="helpdesk-bench-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import setup_test_environment

    setup_test_environment()
    connection.creation.create_test_db(verbosity=0, autoclobber=True)


def _kinds() -> list[Kind]:
    from contacts.actions import standing
    from contacts.models import Contact
    from helpdesk.users.actors import system

    names = ("unknown", "wrong password", "unverified", "blocked", "deleted")
    kinds = [Kind(name, _emails(name), WRONG if name == "wrong password" else RIGHT) for name in names]
    for kind in kinds[1:]:
        _make_people(kind)
    for act, kind in ((standing.block, kinds[3]), (standing.delete, kinds[4])):
        act(Contact.objects.filter(addresses__key__in=kind.emails), by=system("command"))
    return kinds


def _emails(name: str) -> list[str]:
    return [f"{name[:3]}{number:02}@acme.example" for number in range(PEOPLE)]


def _make_people(kind: Kind) -> None:
    from django.contrib.auth.hashers import make_password

    from tests.factories import make_contact, make_customer

    hashed = make_password(RIGHT)
    for email in kind.emails:
        if kind.name == "unverified":
            make_contact(email=email)
            continue
        user = make_customer(email=email).user
        assert user is not None
        type(user).objects.filter(pk=user.pk).update(password=hashed)


def _measure(kinds: list[Kind], tries: int) -> dict[str, list[Try]]:
    """Tries by kind; the first round warms up and does not count."""
    from django.test import Client

    client, dice = Client(), random.Random(2026)
    times: dict[str, list[Try]] = {kind.name: [] for kind in kinds}
    for number in range(-1, tries):
        for kind in dice.sample(kinds, len(kinds)):
            ip = str(IPv4Address("10.0.0.0") + (number + 1) * 8 + kinds.index(kind))
            tried = _try(client, kind.emails[number % PEOPLE], kind.password, ip)
            if number >= 0:
                times[kind.name].append(tried)
    return times


def _try(client: Any, email: str, password: str, ip: str) -> Try:
    began, worked = time.perf_counter(), time.thread_time()
    page = client.post("/portal/login/", {"email": email, "password": password}, REMOTE_ADDR=ip)
    tried = Try(time.perf_counter() - began, time.thread_time() - worked)
    assert page.status_code == 200, page.status_code
    return tried


def _spread(seconds: list[float]) -> float:
    """What nine of ten tries of one kind differ by."""
    cuts = quantiles(seconds, n=20)
    return cuts[-1] - cuts[0]


if __name__ == "__main__":
    sys.exit(main())
