"""`manage.py up`: everything on this machine, until Ctrl-C."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command
from django.db import connections

from helpdesk.running import database, demo, ports, programs, static, welcome
from helpdesk.running.children import Program
from helpdesk.running.errors import CannotRunError
from helpdesk.running.place import alone_in, empty_spool
from helpdesk.running.supervising import Supervisor


class Command(BaseCommand):
    help = "Prepare the database and run web, worker and scheduler until Ctrl-C."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            refuse_unsafe_address()
            ports.refuse_unusable(settings.HOST, settings.PORT)
            with alone_in(Path(settings.DATA_DIR)):
                self._prepare()
                self._run()
        except CannotRunError as error:
            self.stderr.write(str(error))
            sys.exit(1)
        except KeyboardInterrupt:
            sys.exit(130)

    def _prepare(self) -> None:
        """Everything the processes count on. The connection is closed, so that none is shared with them."""
        empty_spool(Path(settings.SPOOL_DIR))
        if database.is_new():
            self._say("Making the database (first start) …")
            if is_private():
                demo.ask_for()
        database.migrate()
        static.collect_changed()
        self._fill()
        connections.close_all()

    def _fill(self) -> None:
        if not is_private():
            refuse_demo_accounts()
        elif demo.is_due():
            self._say("Making demo data (first start) …")
            call_command("demo", verbosity=0)
            demo.is_complete()

    def _run(self) -> None:
        is_up = partial(ports.answers, settings.HOST, settings.PORT)
        box = welcome.box()
        connections.close_all()
        Supervisor(all_programs(), is_up=is_up, when_up=partial(self._say, box), say=self._say).run()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def all_programs() -> list[Program]:
    """Web and worker; the scheduler inside the worker where there is just one, in the embedded default."""
    web = programs.web(host=settings.HOST, port=settings.PORT, processes=settings.WEB_PROCESSES)
    schedule = Path(settings.CELERY_BEAT_SCHEDULE_FILENAME)
    if not settings.REDIS_URL:
        return [web, programs.worker(processes=settings.WORKER_PROCESSES, beat_schedule=schedule)]
    worker = programs.worker(processes=settings.WORKER_PROCESSES, beat_schedule=None)
    return [web, worker, programs.scheduler(beat_schedule=schedule)]


def is_private() -> bool:
    """Whether only this machine reaches the helpdesk, directly and by the address in its letters (a proxy's)."""
    return ports.is_loopback(settings.HOST) and settings.IS_LOOPBACK


def refuse_unsafe_address() -> None:
    """Off loopback the links in letters need a base URL that somebody chose."""
    if not ports.is_loopback(settings.HOST) and not os.environ.get("BASE_URL"):
        raise CannotRunError(
            f"HOST={settings.HOST} can be reached from outside: set BASE_URL, for example BASE_URL=https://helpdesk.example.com."
        )


def refuse_demo_accounts() -> None:
    """The password of the demo accounts is known to everyone."""
    if demo.is_present():
        raise CannotRunError(
            f"The helpdesk can be reached from outside (HOST={settings.HOST}, BASE_URL={settings.BASE_URL}), and everyone knows "
            "the password of its demo accounts: remove them first with manage.py demo --remove."
        )
