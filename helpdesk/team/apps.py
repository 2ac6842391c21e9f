from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "helpdesk.team"
    label = "team"

    def ready(self) -> None:
        from helpdesk.team import notices, tasks, wording
        from helpdesk.team.actions import asking
        from helpdesk.workers import sweeping

        notices.register_all()
        wording.register_all()
        sweeping.register_sweep("team.link_requests", tasks.ring_for_the_overdue)
        sweeping.register_tidy("team.link_requests", asking.tidy)
