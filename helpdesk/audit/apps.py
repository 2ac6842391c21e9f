from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "helpdesk.audit"
    label = "audit"

    def ready(self) -> None:
        from helpdesk.audit import erasing, retention, wording
        from helpdesk.audit.models import Strand
        from helpdesk.users.erasing import Eraser, register
        from helpdesk.workers.sweeping import register_tidy

        acts = {
            "access.view": _("opened a profile"),
            "access.search": _("searched"),
            "access.download": _("downloaded a file"),
        }
        wording.register("access", Strand.ACCESS.label, acts)
        wording.register_strand(Strand.ACCESS, acts, passing=True)
        register_tidy("audit.passing", retention.tidy)
        register(Eraser(name="audit", erase=erasing.erase))
