"""Run in a house: `python -m tests.faults.posting LETTERS BATCHES` posts that many letters, prints the slowest post's seconds."""

from __future__ import annotations

import os
import sys
import time

import django


def post(letters: int, batches: int) -> float:
    """Post that many letters; the slowest batch's seconds."""
    from tests.letters import letter, post_letters

    slowest = 0.0
    for _batch in range(batches):
        written = [letter() for _ in range(letters // batches)]
        begun = time.monotonic()
        post_letters(*written)
        slowest = max(slowest, time.monotonic() - begun)
    return slowest


def main(letters: int, batches: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    django.setup()
    from helpdesk.outbox import notices
    from tests.letters import GREETING

    notices.register(GREETING)
    print(f"{post(letters, batches):.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
