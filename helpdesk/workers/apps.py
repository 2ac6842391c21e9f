from django.apps import AppConfig


class WorkersConfig(AppConfig):
    name = "helpdesk.workers"
    label = "workers"

    def ready(self) -> None:
        from celery.signals import worker_process_init, worker_ready

        from helpdesk.workers import pulse, sweeping

        worker_process_init.connect(pulse.start)
        worker_ready.connect(pulse.start_where_nothing_forks)
        sweeping.register_tidy("workers.heartbeats", pulse.forget_the_gone)
