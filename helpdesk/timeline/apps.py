from django.apps import AppConfig


class TimelineConfig(AppConfig):
    name = "helpdesk.timeline"
    label = "timeline"

    def ready(self) -> None:
        from helpdesk.timeline import erasing, telling, wording
        from helpdesk.users.erasing import Eraser, register

        telling.register_sources()
        wording.register_words()
        register(Eraser(name="timeline", erase=erasing.erase))
