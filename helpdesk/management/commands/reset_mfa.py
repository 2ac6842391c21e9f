"""manage.py reset_mfa EMAIL: for an agent who lost phone and recovery codes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk.management import acting
from helpdesk.team.actions import admins, mfa
from helpdesk.users.addresses import AddressError


class Command(BaseCommand):
    help = "Remove an agent's two-step sign-in; they are signed out and get a letter about it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        acting.add_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        by = acting.actor(options["acting_as"])
        try:
            agent = admins.agent_at(options["email"])
        except AddressError as error:
            raise CommandError(str(error.message)) from error
        if agent is None:
            raise CommandError(f"No agent has the address {options['email']}.")
        removed = mfa.reset_mfa(agent, by=by)
        self.stdout.write(
            f"{agent.email}: " + ("two-step sign-in removed." if removed else "two-step sign-in was not on.")
        )
