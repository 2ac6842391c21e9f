from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "helpdesk.ui"
    label = "ui"

    def ready(self) -> None:
        from helpdesk.ui import erasing, once
        from helpdesk.users.erasing import Eraser, register
        from helpdesk.workers import sweeping

        sweeping.register_tidy("ui.receipts", once.tidy)
        register(Eraser(name="ui", erase=erasing.erase))
