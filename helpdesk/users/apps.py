from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "helpdesk.users"
    label = "users"

    def ready(self) -> None:
        from helpdesk.users import throttling
        from helpdesk.workers import sweeping

        sweeping.register_tidy("users.tallies", throttling.tidy)
