from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "helpdesk.outbox"
    label = "outbox"

    def ready(self) -> None:
        from helpdesk.outbox import chores, erasing, wording
        from helpdesk.users.erasing import Eraser, register
        from helpdesk.workers.sweeping import register_sweep

        register_sweep("outbox.abandoned", chores.give_back_abandoned)
        register_sweep("outbox.due", chores.ring_for_due)
        wording.register_words()
        register(Eraser(name="outbox", erase=erasing.erase))
