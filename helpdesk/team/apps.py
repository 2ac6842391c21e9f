from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "helpdesk.team"
    label = "team"
