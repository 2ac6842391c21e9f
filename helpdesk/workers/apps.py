from django.apps import AppConfig


class WorkersConfig(AppConfig):
    name = "helpdesk.workers"
    label = "workers"

    def ready(self) -> None:
        from celery.signals import worker_process_init

        from helpdesk.workers import pulse, sweeping

        worker_process_init.connect(pulse.start)
        sweeping.register_tidy("workers.heartbeats", pulse.forget_the_gone)
