from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "helpdesk.users"
    label = "users"

    def ready(self) -> None:
        from helpdesk.users import leaving, throttling
        from helpdesk.users.erasing import Eraser, register
        from helpdesk.workers import sweeping

        sweeping.register_tidy("users.tallies", throttling.tidy)
        register(Eraser(name="users", erase=leaving.erase))
