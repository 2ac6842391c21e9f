"""`manage.py demo [--remove]`: people and companies to try the helpdesk with."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from helpdesk.demo.filling import fill
from helpdesk.demo.removing import remove
from helpdesk.running.demo import ACCOUNTS, PASSWORD
from helpdesk.running.ports import is_loopback


class Command(BaseCommand):
    help = "Make demo data (once; a second run changes nothing), or remove exactly what this command made."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--remove", action="store_true", help="remove the demo data, also where it was edited")

    def handle(self, *args: Any, **options: Any) -> None:
        say = self._remove if options["remove"] else self._fill
        text = say()
        if options["verbosity"]:
            self.stdout.write(text)

    def _fill(self) -> str:
        if not is_loopback(settings.HOST) or not settings.IS_LOOPBACK:
            raise CommandError(
                "Demo data has accounts whose password everyone knows: it is made on loopback addresses only."
            )
        made = fill()
        if not made.contacts:
            return "The demo data is there already; nothing was changed."
        sign_ins = ", ".join(ACCOUNTS)
        return (
            f"Made {made.contacts} contacts, {made.companies} companies and {made.agents} agents. "
            f"Sign in as {sign_ins} with the password {PASSWORD}."
        )

    def _remove(self) -> str:
        gone = remove()
        if not (gone.contacts or gone.companies or gone.agents):
            return "There is no demo data."
        others = f" {gone.unlinked} contacts of yours lost their demo company." if gone.unlinked else ""
        return f"Removed {gone.contacts} contacts, {gone.companies} companies and {gone.agents} agents.{others}"
