from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompaniesConfig(AppConfig):
    name = "companies"

    def ready(self) -> None:
        from helpdesk.audit import wording

        acts = {
            "company.create": _("created a company"),
            "company.edit": _("edited a company"),
            "company.delete": _("deleted a company"),
            "company.restore": _("restored a company"),
        }
        wording.register("company", _("Companies"), acts, fields={"domains": _("Email domains")})
        wording.register_target("companies.company", _("Company"), "companies:show")
