from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "helpdesk.team"
    label = "team"

    def ready(self) -> None:
        from helpdesk.outbox.notices import register_sampler
        from helpdesk.team import emails, notices, tasks, wording
        from helpdesk.team.actions import asking, erasing, mfa
        from helpdesk.users.erasing import Eraser, register
        from helpdesk.workers import sweeping

        notices.register_all()
        register_sampler(emails.sample, *notices.ALL)
        wording.register_all()
        sweeping.register_sweep("team.link_requests", tasks.ring_for_the_overdue)
        sweeping.register_tidy("team.link_requests", asking.tidy)
        sweeping.register_tidy("team.second_steps", mfa.seal_anew)
        register(Eraser(name="team", erase=erasing.erase))
