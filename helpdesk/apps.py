from functools import partial

from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    name = "helpdesk"

    def ready(self) -> None:
        from django.core.management import call_command

        from helpdesk import checks  # noqa: F401 (registers itself)
        from helpdesk.workers import sweeping

        sweeping.register_tidy("sessions", partial(call_command, "clearsessions"))
