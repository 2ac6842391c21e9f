from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "helpdesk.ui"
    label = "ui"

    def ready(self) -> None:
        from helpdesk.ui import once
        from helpdesk.workers import sweeping

        sweeping.register_tidy("ui.receipts", once.tidy)
