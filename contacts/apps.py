from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self) -> None:
        from contacts import checks, emails, notices, spreadsheets, wording
        from contacts.actions import forgetting, moving, progress, unmerging
        from contacts.acts import starting
        from contacts.queries import merges
        from helpdesk.exchange import sheets
        from helpdesk.exchange.exporting.kinds import export_kind
        from helpdesk.exchange.importing import import_kind
        from helpdesk.jobs import kinds
        from helpdesk.outbox import telling
        from helpdesk.outbox.notices import register_sampler
        from helpdesk.timeline.telling import tell_sign_ins
        from helpdesk.workers.sweeping import register_sweep, register_tidy

        assert checks  # noqa: S101 (imported for its registration)
        notices.register_all()
        telling.tell_about(notices.CONTACT)
        tell_sign_ins(notices.CONTACT)
        register_sampler(emails.sample, *notices.ALL)
        wording.register_all()
        moving.register_all()
        progress.register_all()
        merges.register_source()
        starting.register_all()
        sheets.register(spreadsheets.CONTACTS)
        kinds.register(import_kind(spreadsheets.CONTACTS))
        kinds.register(export_kind(spreadsheets.CONTACTS))
        register_tidy("contacts.drafts", starting.tidy)
        register_sweep("contacts.activations", progress.look_again)
        register_tidy("contacts.activations", progress.look_around)
        register_tidy("contacts.merges", unmerging.tidy)
        register_tidy("contacts.forgotten", forgetting.tidy)
