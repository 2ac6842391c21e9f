"""`manage.py web`: the web server alone, for production."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

from helpdesk.running import ports, programs
from helpdesk.running.errors import CannotRunError


class Command(BaseCommand):
    help = "Run the web server alone (WEB_PROCESSES, HOST, PORT); become it, so that signals reach it."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            ports.refuse_unusable(settings.HOST, settings.PORT)
        except CannotRunError as error:
            self.stderr.write(str(error))
            sys.exit(1)
        command = programs.web(host=settings.HOST, port=settings.PORT, processes=settings.WEB_PROCESSES).command
        os.execv(command[0], command)  # noqa: S606 (no shell wanted)
