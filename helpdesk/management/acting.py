"""Who acts when a command is run: the system, or the agent named by `--as`."""

from __future__ import annotations

from django.core.management.base import CommandError, CommandParser

from helpdesk.team.actions.admins import agent_at
from helpdesk.users import actors
from helpdesk.users.actors import Actor
from helpdesk.users.addresses import AddressError


def add_argument(parser: CommandParser) -> None:
    parser.add_argument("--as", dest="acting_as", metavar="EMAIL", help="the agent who does it (for the audit log)")


def actor(email: str | None) -> Actor:
    """The system for None; CommandError where nobody of the team has this address."""
    if email is None:
        return actors.system("command")
    try:
        user = agent_at(email)
    except AddressError as error:
        raise CommandError(str(error.message)) from error
    if user is None or not user.is_active:
        raise CommandError(f"No active agent has the address {email}.")
    return actors.person(user)
