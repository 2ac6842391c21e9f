import os
from dataclasses import replace

from django.apps import AppConfig


class JobAppConfig(AppConfig):
    name = "tests.jobapp"

    def ready(self) -> None:
        from helpdesk.jobs import kinds
        from tests import jobkinds

        jobkinds.register()
        if batch := os.environ.get("HELPDESK_TEST_BATCH"):
            for name in ("contacts.import", "contacts.export"):
                kinds.register(replace(kinds.KINDS[name], batch=int(batch)))
