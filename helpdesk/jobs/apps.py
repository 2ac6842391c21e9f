from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "helpdesk.jobs"
    label = "jobs"

    def ready(self) -> None:
        from helpdesk.jobs import chores, erasing, telling, wording
        from helpdesk.users.erasing import Eraser, register
        from helpdesk.workers.sweeping import register_sweep, register_tidy

        register_sweep("jobs.waiting", chores.ring_for_waiting)
        register_tidy("jobs.rows", chores.tidy)
        wording.register_words()
        telling.register_source()
        register(Eraser(name="jobs", erase=erasing.erase))
