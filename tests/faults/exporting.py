"""Run in a house: `python -m tests.faults.exporting COUNT` makes so many contacts, asks for all of them; prints the job's id."""

from __future__ import annotations

import sys

import django

OWNER = "owner@helpdesk.example"


def main(count: str) -> None:
    django.setup()
    from tests.exchange.exports import ask
    from tests.factories import make_admin, make_contact

    for number in range(int(count)):
        make_contact(f"Contact {number:04}")
    print(ask(make_admin(email=OWNER)).pk)


if __name__ == "__main__":
    main(*sys.argv[1:])
