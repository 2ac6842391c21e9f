"""manage.py create_admin EMAIL: an admin who can sign in at once, or an agent made one."""

from __future__ import annotations

import os
import sys
from getpass import getpass
from typing import Any

from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from contacts.actions.addresses import Taken
from helpdesk.management import acting
from helpdesk.team.actions import admins
from helpdesk.ui.cleaning import clean_name
from helpdesk.users.actors import Actor
from helpdesk.users.addresses import AddressError
from helpdesk.users.models import User


class Command(BaseCommand):
    help = "Create an admin, or make an agent one. The password is asked for, read from stdin, or from HELPDESK_ADMIN_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", type=clean_name)
        parser.add_argument(
            "--language",
            default=settings.LANGUAGE_CODE,
            choices=list(dict(settings.LANGUAGES)),
            help="theirs; of the first admin also the helpdesk's",
        )
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from the first line of stdin"
        )
        acting.add_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        by = acting.actor(options["acting_as"])
        try:
            agent = admins.agent_at(options["email"])
        except AddressError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(_promoted(agent, by) if agent else _created(options, by))


def _promoted(agent: User, by: Actor) -> str:
    if admins.make_admin(agent, by=by):
        return f"{agent.email} was an agent and is an admin now; the password stays."
    return f"{agent.email} is an admin already."


def _created(options: dict[str, Any], by: Actor) -> str:
    password = _password(from_stdin=options["password_stdin"])
    email, name = options["email"], options["name"]
    try:
        password_validation.validate_password(password, User(name=name, email=email))
        user = admins.create_admin(email, name=name, password=password, language=options["language"], by=by)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    except Taken as error:
        raise CommandError(f"{error.email} belongs to the contact {error.owner.name}.") from error
    return f"{user.email} is an admin and can sign in at {settings.BASE_URL}/login/"


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if given := os.environ.get("HELPDESK_ADMIN_PASSWORD", ""):
        return given
    if not sys.stdin.isatty():
        raise CommandError("No password: use --password-stdin or HELPDESK_ADMIN_PASSWORD where nobody can be asked.")
    return _asked()


def _asked() -> str:
    password = getpass("Password: ")
    if password != getpass("Password (again): "):
        raise CommandError("The two passwords differ.")
    return password
