from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompaniesConfig(AppConfig):
    name = "companies"

    def ready(self) -> None:
        from companies.spreadsheets import COMPANIES
        from helpdesk.audit import wording
        from helpdesk.exchange import sheets
        from helpdesk.exchange.exporting.kinds import export_kind
        from helpdesk.exchange.importing import import_kind
        from helpdesk.jobs import kinds

        acts = {
            "company.create": _("created a company"),
            "company.edit": _("edited a company"),
            "company.delete": _("deleted a company"),
            "company.restore": _("restored a company"),
        }
        wording.register("company", _("Companies"), acts, fields={"domains": _("Email domains")})
        wording.register_target("companies.company", _("Company"), "companies:show")
        sheets.register(COMPANIES)
        kinds.register(import_kind(COMPANIES))
        kinds.register(export_kind(COMPANIES))
