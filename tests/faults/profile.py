"""How long the fault tests go on: short in the suite, long by `make faults`."""

from __future__ import annotations

import os

LONG = os.environ.get("HELPDESK_FAULTS") == "long"
ROUNDS = int(os.environ.get("HELPDESK_FAULT_ROUNDS") or (50 if LONG else 3))
SEED = int(os.environ.get("HELPDESK_FAULT_SEED") or 1)
LETTERS = max(20 * ROUNDS, 120) if LONG else 120
"""In a send to a whole view: 1,000 at 50 rounds."""

LIMIT = 3600 if LONG else 900
"""Seconds after which a test is given up."""


def rounds(short: int, long: int) -> int:
    """How often to do something that takes little: `long` at 50 rounds, in proportion at others."""
    return max(short, long * ROUNDS // 50) if LONG else short
