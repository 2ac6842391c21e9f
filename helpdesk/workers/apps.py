from django.apps import AppConfig


class WorkersConfig(AppConfig):
    name = "helpdesk.workers"
    label = "workers"
