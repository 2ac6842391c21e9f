"""What became of letters under a fault, against what the mail server took."""

from __future__ import annotations

from collections import Counter

from tests.faults.conftest import Tell
from tests.faults.house import House
from tests.faults.ledger import Line
from tests.mail import MailServer

UNDER_WAY = ("queued", "claimed", "handoff")


def is_quiet(home: House) -> bool:
    """Whether each letter has its fate."""
    return not set(UNDER_WAY) & set(home.letters())


def counted(home: House, mail: MailServer, fault: str, *, rounds: int, wanted: int, **more: object) -> Line:
    """`wanted` letters should have come into being: none twice, none without a fate, none called sent that never came."""
    states, copies = home.letters(), mail.copies
    repeated = Counter(address for (address,) in home.query("SELECT to_email FROM outbox_outgoingemail"))
    doubled = sum(number - 1 for number in (*copies.values(), *repeated.values()))
    never_came = home.addresses("sent") - set(copies)
    lost = max(wanted - states.total(), 0) + sum(states[state] for state in UNDER_WAY) + len(never_came)
    line = Line(fault, rounds, wanted, doubled, lost, states["unknown"])
    for name, value in more.items():
        setattr(line, name, value)
    return line


def settled(home: House, mail: MailServer, line: Line, tell: Tell, *, most_unknown: int = 0) -> None:
    """Hand the line in, and fail where it is not as it must be."""
    try:
        home.check(mail.log if mail.log.exists() else None)
    except AssertionError as broken:
        line.invariants = "BROKEN"
        tell(line)
        raise AssertionError(f"{line.fault}: {broken}") from None
    tell(line)
    assert (line.doubled, line.lost) == (0, 0), line
    assert line.unknown <= most_unknown, line
