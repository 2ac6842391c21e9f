"""`manage.py worker`: a background worker alone, for production."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

from helpdesk.running import programs


class Command(BaseCommand):
    help = "Run a background worker alone (WORKER_PROCESSES); become it, so that signals reach it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--with-scheduler", action="store_true", help="run the scheduler too; in exactly one worker"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        schedule = Path(settings.CELERY_BEAT_SCHEDULE_FILENAME) if options["with_scheduler"] else None
        command = programs.worker(processes=settings.WORKER_PROCESSES, beat_schedule=schedule).command
        os.execv(command[0], command)  # noqa: S606 (no shell wanted)
