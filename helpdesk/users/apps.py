from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "helpdesk.users"
    label = "users"
