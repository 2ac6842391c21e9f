from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        from helpdesk.workers import sweeping
        from portal import actions, tasks

        sweeping.register_sweep("portal.link_requests", tasks.ring_for_the_overdue)
        sweeping.register_tidy("portal.link_requests", actions.tidy)
